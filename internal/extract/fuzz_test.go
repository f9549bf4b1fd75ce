package extract

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"kaisei/internal/kaisei"
)

// seeds adds the documents of a format's goldens to a fuzz target.
func seeds(f *testing.F, format string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", format, "*.txtar"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no goldens of %s: %v", format, err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		parts := map[string][]byte{}
		var order []string
		for _, k := range ar.Files {
			switch {
			case k.Name == "in":
				f.Add(k.Data)
			case strings.HasPrefix(k.Name, "in/"):
				name := strings.TrimPrefix(k.Name, "in/")
				parts[name] = k.Data
				order = append(order, name)
			}
		}
		if len(order) > 0 {
			f.Add(zipOf(f, order, parts))
		}
	}
}

// fuzzRead checks what holds of every input: no panic, a fault or a reading within the
// limits, and the same answer twice.
func fuzzRead(f *testing.F, in Input) {
	f.Fuzz(func(t *testing.T, body []byte) {
		in := in
		in.Body = body
		x := &Extractor{}
		r, err := x.Read(context.Background(), in)
		if err != nil {
			if kaisei.CauseOf(err) == kaisei.CauseInternal {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		if len(r.Blocks) == 0 || r.Reader == "" || len(r.Notes) > MaxNotes {
			t.Fatalf("reading %+v", r)
		}
		keys := map[string]bool{}
		for _, b := range r.Blocks {
			if b.Key != "" && keys[b.Key] {
				t.Errorf("key %q twice", b.Key)
			}
			keys[b.Key] = true
			if strings.TrimSpace(b.Text) == "" {
				t.Errorf("block without text at %q", b.Path)
			}
		}
		again, err := x.Read(context.Background(), in)
		if err != nil || dump(again, nil) != dump(r, nil) {
			t.Errorf("read twice, differently: %v", err)
		}
	})
}

func FuzzHTML(f *testing.F)   { seeds(f, "html"); fuzzRead(f, Input{Format: FormatHTML}) }
func FuzzLawXML(f *testing.F) { seeds(f, "lawxml"); fuzzRead(f, Input{Format: FormatLawXML}) }
func FuzzDOCX(f *testing.F)   { seeds(f, "docx"); fuzzRead(f, Input{}) }
func FuzzXLSX(f *testing.F)   { seeds(f, "xlsx"); fuzzRead(f, Input{}) }
func FuzzPPTX(f *testing.F)   { seeds(f, "pptx"); fuzzRead(f, Input{}) }
func FuzzZIP(f *testing.F)    { seeds(f, "zip"); fuzzRead(f, Input{}) }
func FuzzText(f *testing.F)   { seeds(f, "text"); fuzzRead(f, Input{Format: FormatText}) }
func FuzzCSV(f *testing.F)    { seeds(f, "csv"); fuzzRead(f, Input{Format: FormatCSV}) }
func FuzzFeed(f *testing.F)   { seeds(f, "feed"); fuzzRead(f, Input{Format: FormatFeed}) }
func FuzzJSON(f *testing.F)   { seeds(f, "json"); fuzzRead(f, Input{Format: FormatJSON}) }

// FuzzWordXML fuzzes the document inside a Word file, which changed bytes of a ZIP file
// seldom reach.
func FuzzWordXML(f *testing.F) {
	ar, err := txtar.ParseFile(filepath.Join("testdata", "docx", "word.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, k := range ar.Files {
		if name, ok := strings.CutPrefix(k.Name, "in/"); ok {
			parts[name] = k.Data
		}
	}
	f.Add(parts["word/document.xml"], parts["word/numbering.xml"], parts["word/styles.xml"])
	f.Fuzz(func(t *testing.T, doc, numbering, styles []byte) {
		body := zipOf(t, []string{"word/document.xml", "word/numbering.xml", "word/styles.xml"},
			map[string][]byte{"word/document.xml": doc, "word/numbering.xml": numbering, "word/styles.xml": styles})
		if _, err := (&Extractor{}).Read(context.Background(), Input{Body: body}); err != nil && kaisei.CauseOf(err) == kaisei.CauseInternal {
			t.Fatalf("no fault: %v", err)
		}
	})
}

// FuzzSniff checks that every input has a format.
func FuzzSniff(f *testing.F) {
	seeds(f, "html")
	seeds(f, "zip")
	f.Fuzz(func(t *testing.T, body []byte) {
		if Sniff(body, "") == "" {
			t.Error("no format")
		}
	})
}

func BenchmarkHTML(b *testing.B)   { benchmark(b, "html/ppc/ppc-guideline*") }
func BenchmarkLawXML(b *testing.B) { benchmark(b, "egov/xml/415AC*v2*") }
func BenchmarkDOCX(b *testing.B)   { benchmark(b, "pdf/cio/dp2020_01.docx") }
func BenchmarkText(b *testing.B) {
	benchmark(b, "derived/lawmd_revisions/415AC0000000057/2023-11-29*.md")
}

// benchmark reads one real document over and over.
func benchmark(b *testing.B, pattern string) {
	body, err := os.ReadFile(corpus(b, pattern)[0])
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	x := &Extractor{}
	for b.Loop() {
		if _, err := x.Read(context.Background(), Input{Body: body}); err != nil {
			b.Fatal(err)
		}
	}
}
