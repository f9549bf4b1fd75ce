package extract

import (
	"context"
	"testing"

	"kaisei/internal/extract/pdf"
	"kaisei/internal/kaisei"
)

// printed is a PDF reader that knows one document.
type printed struct {
	reading pdf.Reading
	err     error
}

func (p printed) Read(context.Context, []byte) (pdf.Reading, error) { return p.reading, p.err }

func TestPDFsAreReadByTheReaderThatIsSetUp(t *testing.T) {
	in := Input{Body: []byte("%PDF-1.7\n")}
	block := kaisei.Block{Kind: kaisei.BlockParagraph, Path: []string{}, Text: "本文", Page: 1}
	x := &Extractor{PDF: printed{reading: pdf.Reading{Title: "表題", Blocks: []kaisei.Block{block}, Pages: 1, Notes: []string{"page 2 is an image"}}}}
	r, err := x.Read(context.Background(), in)
	if err != nil || r.Format != FormatPDF || r.Reader != pdf.Revision || r.Title != "表題" || len(r.Blocks) != 1 || len(r.Notes) != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
	x.PDF = printed{err: kaisei.Faultf(kaisei.CauseNoText, "no text on 3 pages")}
	if _, err = x.Read(context.Background(), in); kaisei.CauseOf(err) != kaisei.CauseNoText {
		t.Errorf("got %v", err)
	}
	x.PDF = printed{}
	if _, err = x.Read(context.Background(), in); kaisei.CauseOf(err) != kaisei.CauseEmpty {
		t.Errorf("a PDF without blocks: %v", err)
	}
}
