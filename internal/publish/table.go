package publish

import (
	"encoding/csv"
	"io"
	"strings"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// byteOrderMark begins a table: without it Excel takes UTF-8 for the code page of the machine, and Japanese is mojibake.
const byteOrderMark = "\uFEFF"

// formulas are the characters by which a cell becomes a formula where a spreadsheet opens it; Japanese ones take the
// full-width forms too.
const formulas = "=+-@＝＋－＠\t\r\n"

// CSV writes a table with a row for each change (RFC 4180: commas, CRLF, UTF-8), in the order in which they come, with
// a byte order mark for Excel. A text from outside that a spreadsheet would calculate begins with an apostrophe.
func CSV(w io.Writer, changes Changes, o render.Options) error {
	return table(w, render.ChangeColumns(o), changes, func(c kaisei.Change) [][]string { return [][]string{render.ChangeRow(c, o)} })
}

// EditsCSV is CSV with a row for each difference; a change without any has none.
func EditsCSV(w io.Writer, changes Changes, o render.Options) error {
	return table(w, render.EditColumns(o), changes, func(c kaisei.Change) [][]string { return render.EditRows(c, o) })
}

func table(w io.Writer, head []string, changes Changes, rows func(kaisei.Change) [][]string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(head); err != nil {
		return err
	}
	for c, err := range changes {
		if err != nil {
			return err
		}
		for _, row := range rows(c) {
			if err := out.Write(inert(row)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// inert makes the cells of a row texts that no spreadsheet calculates.
func inert(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		if out[i] = cell; strings.IndexAny(cell, formulas) == 0 {
			out[i] = "'" + cell
		}
	}
	return out
}
