package pdf

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// TestObjectsThatHoldThemselvesEndInAnErrorOrInTheText reads files whose objects go round in
// circles: a tree of pages that holds its root, a picture that draws itself, an outline whose last
// entry is its first, a font made of its own glyphs. The worker answers within its limits and
// reads on; where the text itself is whole, it is given.
func TestObjectsThatHoldThemselvesEndInAnErrorOrInTheText(t *testing.T) {
	const page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Resources<</XObject<</X 4 0 R>>/Font<</F 4 0 R>>>>/Contents 5 0 R>>"
	form := func(names string) string {
		body := "/" + names + " Do /" + names + " Do"
		return fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 400 300]/Resources<</XObject<</X 4 0 R/Y 6 0 R>>>>/Length %d>>\nstream\n%s\nendstream", len(body), body)
	}
	files := map[string][]byte{
		"pages that hold their root": pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 3/Kids[3 0 R 2 0 R]>>", page, form("X"), stream([]byte("/X Do"))),
		"a page that is its parent":  pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Parent 2 0 R/Count 1/Kids[2 0 R]>>"),
		"a form that draws itself":   pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page, form("X"), stream([]byte("/X Do"))),
		"two forms that draw each other": pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page, form("Y"),
			stream([]byte("/X Do")), form("X")),
		"an outline in a circle": pdfFile("<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page, form("X"), stream([]byte("/X Do")),
			"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>", "<</Title(a)/Parent 6 0 R/Next 7 0 R/First 7 0 R/Last 7 0 R/Dest[3 0 R/Fit]>>"),
		"a font of its own glyphs": pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page,
			"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 65/LastChar 65/Widths[1]/Encoding<</Differences[65/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 4 0 R>>>>>>",
			stream([]byte("BT /F 10 Tf (A) Tj ET")), stream([]byte("1 0 d0 BT /F 1 Tf (A) Tj ET"))),
		"a length that is its own stream": pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page, form("X"),
			"<</Length 5 0 R>>\nstream\n/X Do\nendstream"),
	}
	w := newWorker(t)
	for name, body := range files {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			w.Timeout = 20 * time.Second
			r, err := w.Read(t.Context(), body)
			if err == nil && len(r.Blocks) == 0 {
				t.Fatal("no text and no error")
			}
			if c := kaisei.CauseOf(err); err != nil && c == kaisei.CauseInternal {
				t.Fatalf("cause %s: %v", c, err)
			}
			if err != nil && strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error that says nothing")
			}
			t.Logf("%d blocks, %v, %v", len(r.Blocks), err, time.Since(began))
		})
	}
	if _, err := w.Read(t.Context(), onePage()); err != nil {
		t.Fatalf("the worker does not read on: %v", err)
	}
}
