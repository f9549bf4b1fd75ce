package extract

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"kaisei/internal/kaisei"
)

// readXLSX reads a workbook sheet by sheet and row by row, values as Excel shows them (an
// era date as 令和6年5月1日). Each visible sheet is a heading; hidden sheets are left out.
// The value of merged cells stands in the first of them.
func readXLSX(ctx context.Context, in Input) (r Reading, err error) {
	p, err := openZip(in.Body) // checks the limits that excelize has no options for
	if err != nil {
		return Reading{}, err
	}
	if p.byName["xl/workbook.bin"] != nil {
		return Reading{}, kaisei.Faultf(kaisei.CauseWrongType, "the file is an Excel file of the binary format (.xlsb), which is not read; see whether the publisher offers .xlsx, CSV or PDF")
	}
	// The parser is made for files that Excel wrote and may panic on others.
	defer func() {
		if v := recover(); v != nil {
			r, err = Reading{}, kaisei.Faultf(kaisei.CauseDecode, "the Excel file could not be read (%v); it is damaged", v)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(in.Body), excelize.Options{
		UnzipSizeLimit:    MaxZipBytes,
		UnzipXMLSizeLimit: MaxZipBytes,
		RawCellValue:      false,
	})
	if err != nil {
		return Reading{}, fmt.Errorf("open workbook: %w", err)
	}
	defer f.Close()
	o := newOutline()
	o.headed = true
	var n notes
	seen := 0
	for i, sheet := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(sheet); err == nil && !visible {
			n.add("%shidden sheet %s", setAside, sheet)
			continue
		}
		o.page = i + 1
		if err := readSheet(ctx, f, sheet, o, &seen); err != nil {
			return Reading{}, err
		}
	}
	if len(o.blocks) == 0 {
		return Reading{}, kaisei.Faultf(kaisei.CauseEmpty, "no visible sheet of the Excel file has a filled cell")
	}
	title, err := officeTitle(p)
	return Reading{Title: title, Blocks: o.done(), Notes: n.list}, err
}

// maxRowsSeen is how many rows of a workbook are looked at, empty ones included: a cell at
// the bottom of a sheet makes a million of them, which takes seconds.
const maxRowsSeen = 2 << 20

// readSheet adds one sheet; seen counts the rows of the workbook.
func readSheet(ctx context.Context, f *excelize.File, sheet string, o *outline, seen *int) error {
	rows, err := f.Rows(sheet)
	if err != nil {
		return fmt.Errorf("read sheet %s: %w", sheet, err)
	}
	defer rows.Close()
	named, filled := false, 0
	for rows.Next() {
		if *seen++; *seen > maxRowsSeen {
			return overLimit("the Excel file has more than %d rows, most of them empty", maxRowsSeen)
		}
		if *seen%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cols, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("read sheet %s: %w", sheet, err)
		}
		if len(cols) > MaxColumns {
			// A single cell far to the right: the empty ones before it say nothing.
			if cols = slices.DeleteFunc(cols, func(c string) bool { return trim(c) == "" }); len(cols) > MaxColumns {
				return overLimit("sheet %s has more than %d columns", sheet, MaxColumns)
			}
		}
		text := joinCells(cols)
		if text == "" {
			continue
		}
		if filled++; filled > MaxRows {
			return overLimit("sheet %s has more than %d rows", sheet, MaxRows)
		}
		if !named {
			o.heading(1, sheet)
			named = true
		}
		o.row(nil, text)
	}
	return rows.Error()
}

// joinCells makes the text of a row. Empty cells at its end are dropped, others keep
// their place.
func joinCells(cols []string) string {
	cells := make([]string, len(cols))
	last := -1
	for i, c := range cols {
		cells[i] = oneLine(strings.ReplaceAll(c, "\n", string(wordBreak)))
		if cells[i] != "" {
			last = i
		}
	}
	return strings.Join(cells[:last+1], cellBreak)
}
