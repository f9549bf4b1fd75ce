package extract

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kaisei/internal/kaisei"
)

// workbook returns the bytes of a workbook that fill made.
func workbook(t *testing.T, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestASingleFarCellCostsNothing(t *testing.T) {
	body := workbook(t, func(f *excelize.File) error {
		return f.SetCellValue("Sheet1", "XFD1048576", "隅")
	})
	r, err := (&Extractor{}).Read(context.Background(), Input{Body: body})
	if err != nil || len(r.Blocks) != 2 || r.Blocks[1].Text != "隅" {
		t.Errorf("got %+v, %v", r.Blocks, err)
	}
}

func TestManySheetsOfEmptyRowsAreRefused(t *testing.T) {
	body := workbook(t, func(f *excelize.File) error {
		for i := range 3 {
			if _, err := f.NewSheet(fmt.Sprint(i)); err != nil {
				return err
			}
			if err := f.SetCellValue(fmt.Sprint(i), "A1048576", "隅"); err != nil {
				return err
			}
		}
		return nil
	})
	if _, err := (&Extractor{}).Read(context.Background(), Input{Body: body}); kaisei.CauseOf(err) != kaisei.CauseLimit {
		t.Errorf("got %v", err)
	}
}

func TestSheetsBeyondTheLimitsAreRefused(t *testing.T) {
	wide := workbook(t, func(f *excelize.File) error {
		row := make([]any, MaxColumns+1)
		for i := range row {
			row[i] = i
		}
		return f.SetSheetRow("Sheet1", "A1", &row)
	})
	if _, err := (&Extractor{}).Read(context.Background(), Input{Body: wide}); kaisei.CauseOf(err) != kaisei.CauseLimit {
		t.Errorf("columns: %v", err)
	}
	long := workbook(t, func(f *excelize.File) error {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			return err
		}
		for i := range MaxRows + 1 {
			if err := w.SetRow(fmt.Sprintf("A%d", i+1), []any{i}); err != nil {
				return err
			}
		}
		return w.Flush()
	})
	if _, err := (&Extractor{}).Read(context.Background(), Input{Body: long}); kaisei.CauseOf(err) != kaisei.CauseLimit || !strings.Contains(err.Error(), "rows") {
		t.Errorf("rows: %v", err)
	}
}

func TestCellsReadAsExcelShowsThem(t *testing.T) {
	body := workbook(t, func(f *excelize.File) error {
		if err := f.SetSheetName("Sheet1", "別添7"); err != nil {
			return err
		}
		if err := f.MergeCell("別添7", "A1", "B1"); err != nil {
			return err
		}
		for cell, v := range map[string]any{"A1": "チェック\nリスト", "C1": 0.25, "A2": true, "B2": "a  b"} {
			if err := f.SetCellValue("別添7", cell, v); err != nil {
				return err
			}
		}
		percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
		if err != nil {
			return err
		}
		return f.SetCellStyle("別添7", "C1", "C1", percent)
	})
	r, err := (&Extractor{}).Read(context.Background(), Input{Body: body})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"別添7", "チェックリスト |  | 25%", "TRUE | a b"}
	for i, w := range want {
		if i >= len(r.Blocks) || r.Blocks[i].Text != w || r.Blocks[i].Path[0] != "別添7" {
			t.Errorf("block %d: %+v, want %q", i, r.Blocks, w)
		}
	}
}

func TestBinaryWorkbooksAreRefused(t *testing.T) {
	body := zipOf(t, []string{"xl/workbook.bin"}, map[string][]byte{"xl/workbook.bin": []byte("x")})
	if _, err := (&Extractor{}).Read(context.Background(), Input{Body: body}); kaisei.CauseOf(err) != kaisei.CauseWrongType || !strings.Contains(err.Error(), ".xlsb") {
		t.Errorf("got %v", err)
	}
}
