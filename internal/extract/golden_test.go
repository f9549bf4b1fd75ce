package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/encoding/japanese"

	"kaisei/internal/kaisei"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of the goldens")

// TestGoldens reads every testdata/<format>/*.txtar. The file "in" is the document, or the
// files below "in/" make the ZIP file that it is; the comment may set charset, select,
// remove and type; "want" is the reading as dump prints it, or the fault.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.ToSlash(file[len("testdata/"):]), ".txtar"), func(t *testing.T) {
			golden(t, file)
		})
	}
}

func golden(t *testing.T, file string) {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in, want := goldenInput(t, ar)
	x := &Extractor{}
	r, err := x.Read(context.Background(), in)
	got := dump(r, err)
	if *update {
		for i := range ar.Files {
			if ar.Files[i].Name == "want" {
				ar.Files = append(ar.Files[:i], ar.Files[i+1:]...)
				break
			}
		}
		ar.Files = append(ar.Files, txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	format := filepath.Base(filepath.Dir(file))
	if err == nil && r.Format != format {
		t.Errorf("read as %s, want %s", r.Format, format)
	}
	if err == nil && r.Reader != Revision(format) {
		t.Errorf("reader %q, want %q", r.Reader, Revision(format))
	}
}

func goldenInput(t *testing.T, ar *txtar.Archive) (Input, string) {
	t.Helper()
	var in Input
	encoding := ""
	for line := range strings.SplitSeq(string(ar.Comment), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "charset":
			encoding = value
		case "select":
			in.Select = append(in.Select, value)
		case "remove":
			in.Remove = append(in.Remove, value)
		case "type":
			in.MediaType = value
		}
	}
	want := ""
	parts := map[string][]byte{}
	var order []string
	for _, f := range ar.Files {
		switch {
		case f.Name == "in":
			in.Body = f.Data
		case f.Name == "want":
			want = string(f.Data)
		case strings.HasPrefix(f.Name, "in/"):
			name := strings.TrimPrefix(f.Name, "in/")
			parts[name] = f.Data
			order = append(order, name)
		}
	}
	if len(parts) > 0 {
		in.Body = zipOf(t, order, parts)
	}
	var err error
	switch encoding {
	case "":
	case "shift_jis":
		in.Body, err = japanese.ShiftJIS.NewEncoder().Bytes(in.Body)
	case "euc-jp":
		in.Body, err = japanese.EUCJP.NewEncoder().Bytes(in.Body)
	default:
		t.Fatalf("unknown charset %q", encoding)
	}
	if err != nil {
		t.Fatal(err)
	}
	return in, want
}

func zipOf(t testing.TB, order []string, parts map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range order {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// dump prints a reading: a line for each block with its kind, level, page, key and path,
// and its text below.
func dump(r Reading, err error) string {
	if err != nil {
		var f *kaisei.Fault
		if errors.As(err, &f) {
			return fmt.Sprintf("fault %s: %s\n", f.Cause, f.Detail)
		}
		return fmt.Sprintf("error %v\n", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "title %s\n", r.Title)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	for _, k := range r.Blocks {
		b.WriteString(string(k.Kind))
		if k.Level > 0 {
			fmt.Fprintf(&b, " %d", k.Level)
		}
		if k.Page > 0 {
			fmt.Fprintf(&b, " p%d", k.Page)
		}
		if k.Key != "" {
			fmt.Fprintf(&b, " {%s}", k.Key)
		}
		fmt.Fprintf(&b, " [%s]\n\t%s\n", strings.Join(k.Path, " › "), k.Text)
	}
	return b.String()
}
