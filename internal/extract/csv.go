package extract

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"

	"kaisei/internal/charset"
)

// readCSV reads a table of comma separated values row by row.
func readCSV(in Input) (Reading, error) {
	if len(in.Body) > MaxText {
		return Reading{}, tooLarge("a CSV file", len(in.Body), MaxText)
	}
	b, _, err := charset.Decode(in.Body, in.MediaType, in.Charset)
	if err != nil {
		return Reading{}, err
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.ReuseRecord = true
	first, _, _ := bytes.Cut(b, []byte("\n"))
	if bytes.Count(first, []byte("\t")) > bytes.Count(first, []byte(",")) {
		r.Comma = '\t'
	}
	o := newOutline()
	for rows := 0; ; rows++ {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return Reading{Blocks: o.done()}, nil
		}
		if err != nil {
			return Reading{}, err
		}
		if rows >= MaxRows {
			return Reading{}, overLimit("the CSV file has more than %d rows", MaxRows)
		}
		if len(rec) > MaxColumns {
			return Reading{}, overLimit("the CSV file has more than %d columns", MaxColumns)
		}
		o.row(nil, joinCells(rec))
	}
}
