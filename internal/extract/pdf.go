package extract

import (
	"context"

	"kaisei/internal/extract/pdf"
	"kaisei/internal/kaisei"
)

// pdfRevision is the revision of the PDF reader.
const pdfRevision = pdf.Revision

// PDFReader reads the bytes of a PDF file. It is an interface because reading happens in
// a child process that somebody must own; *pdf.Worker is one.
type PDFReader interface {
	Read(ctx context.Context, body []byte) (pdf.Reading, error)
}

func (x *Extractor) readPDF(ctx context.Context, in Input) (Reading, error) {
	if x.PDF == nil {
		return Reading{}, kaisei.Faultf(kaisei.CauseWrongType, "the file is a PDF and no PDF reader is set up here")
	}
	p, err := x.PDF.Read(ctx, in.Body)
	if err != nil {
		return Reading{}, err
	}
	return Reading{Title: p.Title, Blocks: p.Blocks, Notes: p.Notes, Damage: pdf.Damage(in.Body)}, nil
}
