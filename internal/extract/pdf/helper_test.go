package pdf

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestTwoReadersAnswerWhatOneDoes(t *testing.T) {
	e := newTestEngine(t)
	var pages []string
	for i := range 40 {
		pages = append(pages, strings.Repeat(say(50, 200, 10, fmt.Sprintf("%d頁の文は、ここに立つ。", i+1)), 1+i%3))
	}
	whole := document(400, 300, pages...)
	standard := limits{MaxPages: DefaultMaxPages, MaxGlyphs: MaxGlyphs}
	type reading struct {
		body   []byte
		limits limits
	}
	readings := map[string]reading{
		"forty pages":         {whole, standard},
		"over the limit":      {whole, limits{MaxPages: DefaultMaxPages, MaxGlyphs: 300}},
		"near the limit":      {whole, limits{MaxPages: DefaultMaxPages, MaxGlyphs: 60_100}},
		"pages that are gone": {withoutPages(t, whole, 33, 7), standard},
		"last page gone":      {withoutPages(t, whole, 40), standard},
	}
	if !testing.Short() {
		for _, file := range corpusPDFs(t) {
			readings[filepath.Base(file)] = reading{load(t, file), standard}
		}
	}
	for name, r := range readings {
		t.Run(name, func(t *testing.T) {
			var answers [2]bytes.Buffer
			for i := range answers {
				e.helped = i == 1
				if err := serve(t.Context(), e, r.body, r.limits, &answers[i]); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(answers[0].Bytes(), answers[1].Bytes()) {
				t.Errorf("%d bytes of one reader, %d of two", answers[0].Len(), answers[1].Len())
			}
			if tail := answers[1].Bytes()[max(0, answers[1].Len()-120):]; strings.HasPrefix(name, "over") || strings.Contains(name, "gone") {
				if !bytes.Contains(tail, []byte("page ")) {
					t.Errorf("no refusal that names a page: %q", tail)
				}
			}
		})
	}
}

// withoutPages puts a number in the place of the given pages, counted from 1, the last first.
func withoutPages(t *testing.T, body []byte, pages ...int) []byte {
	t.Helper()
	out := bytes.Clone(body)
	for _, page := range pages {
		at := 0
		for range page {
			n := bytes.Index(out[at:], []byte("<</Type/Page/"))
			if n < 0 {
				t.Fatalf("no page %d", page)
			}
			at += n + 2
		}
		copy(out[at-2:], "0%")
	}
	return out
}
