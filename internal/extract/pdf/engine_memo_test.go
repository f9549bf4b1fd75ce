package pdf

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

func TestTheMemoFitsThePdfiumOfThisBuild(t *testing.T) {
	if _, fits := withMemo(pdfiumWasm); !fits {
		t.Error("go-pdfium has another module: find the numbers at the head of engine_memo.go anew, or reading takes three times as long")
	}
}

func TestAnUnknownModuleStaysAsItIs(t *testing.T) {
	other := slices.Clone(pdfiumWasm)
	other[len(other)-1]++
	if got, fits := withMemo(other); fits || !bytes.Equal(got, other) {
		t.Error("rewritten")
	}
}

func newTestEngine(t *testing.T) *engine {
	t.Helper()
	dir, err := sharedCache()
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.runtime.Close(context.WithoutCancel(t.Context())) })
	return e
}

// sheetsOf reads all pages of a document, with the memo or without, and counts the faces in it.
func sheetsOf(t *testing.T, e *engine, body []byte, memo bool) (sheets [][]byte, faces uint32) {
	t.Helper()
	in, err := e.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	global := in.mod.ExportedGlobal(memoExport).(api.MutableGlobal)
	table := uint32(global.Get())
	if !memo {
		global.Set(0)
	}
	doc, err := in.load(body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in.about(doc).pages {
		s, err := in.page(doc, i, MaxGlyphs)
		if err != nil {
			t.Fatal(err)
		}
		sheets = append(sheets, appendSheet(nil, s))
	}
	faces, _ = in.mem.ReadUint32Le(table)
	return sheets, faces
}

func TestTheMemoChangesNoGlyph(t *testing.T) {
	if testing.Short() {
		t.Skip("reads every document twice")
	}
	e := newTestEngine(t)
	remembered := uint32(0)
	for _, file := range corpusPDFs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body := load(t, file)
			want, none := sheetsOf(t, e, body, false)
			got, faces := sheetsOf(t, e, body, true)
			if none != 0 {
				t.Errorf("%d faces in the memo that is switched off", none)
			}
			t.Logf("%d pages, %d faces in the memo", len(got), faces)
			remembered += faces
			for i := range want {
				if !bytes.Equal(got[i], want[i]) {
					t.Errorf("page %d reads differently", i+1)
				}
			}
		})
	}
	if remembered == 0 {
		t.Error("nothing was remembered")
	}
}
