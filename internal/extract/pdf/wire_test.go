package pdf

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kaisei/internal/kaisei"
)

var compareModels = cmp.AllowUnexported(sheet{}, glyph{}, rect{}, paper{}, bookmark{})

func someSheet() sheet {
	s := sheet{width: 595, height: 842, images: 0.25, unmapped: 3, rules: []rect{{1, 2, 3, 4}}}
	printed(&s, 10, 20, 10.5, false, "第1条　⾧は、𠮷野家")
	s.glyphs[2].space, s.glyphs[3].angle, s.glyphs[4].bold = spacePrinted, 3, true
	return s
}

func TestASheetSurvivesTheWire(t *testing.T) {
	want := someSheet()
	got, err := parseSheet(appendSheet(nil, &want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, compareModels); diff != "" {
		t.Error(diff)
	}
}

func TestAnOutlineSurvivesTheWire(t *testing.T) {
	want := paper{title: "指針", pages: 3, bookmarks: []bookmark{{"第1章", 1, 1}, {"1", 2, 3}}}
	got, err := parseOutline(appendOutline(nil, &want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, compareModels); diff != "" {
		t.Error(diff)
	}
}

func TestMalformedAnswersAreRefused(t *testing.T) {
	s := someSheet()
	good := appendSheet(nil, &s)
	for n := range good {
		if _, err := parseSheet(good[:n]); !errors.Is(err, errFrame) {
			t.Fatalf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	many := bytes.Clone(good)
	binary.LittleEndian.PutUint32(many[16:], maxSheetRules+1)
	if _, err := parseSheet(many); !errors.Is(err, errFrame) {
		t.Fatal(err)
	}
	deep := paper{pages: 1, bookmarks: []bookmark{{"x", maxBookmarkDepth + 1, 1}}}
	if _, err := parseOutline(appendOutline(nil, &deep)); !errors.Is(err, errFrame) {
		t.Fatal(err)
	}
}

func TestAFrameOverTheLimitIsNotRead(t *testing.T) {
	var b bytes.Buffer
	if err := writeFrame(&b, frameSheet, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readFrame(&b, nil, 99); !errors.Is(err, errFrame) {
		t.Fatal(err)
	}
	// A head that announces more than comes costs no more memory than what comes.
	head := []byte{frameSheet, 0xff, 0xff, 0xff, 0x07}
	if _, buf, err := readFrame(bytes.NewReader(head), nil, 1<<31-1); err != io.ErrUnexpectedEOF || cap(buf) > 4<<20 {
		t.Fatal(cap(buf), err)
	}
}

func TestTheChildRefusesWhatIsNoRequest(t *testing.T) {
	l, err := json.Marshal(limits{MaxBody: 10})
	if err != nil {
		t.Fatal(err)
	}
	frame := func(kind byte, payload []byte) string {
		var b bytes.Buffer
		if err := writeFrame(&b, kind, payload); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for name, in := range map[string]string{
		"another kind first": frame(frameBody, nil),
		"no JSON":            frame(frameLimits, []byte("{")),
		"cut short":          frame(frameLimits, l)[:7],
	} {
		if _, err := readLimits(strings.NewReader(in)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got, err := readLimits(strings.NewReader(frame(frameLimits, l))); err != nil || got.MaxBody != 10 {
		t.Error(got, err)
	}
}

// FuzzAnswer gives the parent whatever a child could say.
func FuzzAnswer(f *testing.F) {
	var b bytes.Buffer
	p := paper{pages: 1}
	s := someSheet()
	writeFrame(&b, frameOutline, appendOutline(nil, &p))
	writeFrame(&b, frameSheet, appendSheet(nil, &s))
	writeFrame(&b, frameEnd, nil)
	f.Add(b.Bytes())
	b.Reset()
	writeRefusal(&b, refusal{Cause: kaisei.CauseDecode, Detail: "damaged"})
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, said []byte) {
		c := childSaying(said)
		p, err := c.answer(100, 10_000)
		if err == nil && len(p.sheets) != p.pages {
			t.Fatal("a document without all its pages")
		}
	})
}

// FuzzRequest gives the child whatever a parent could say first.
func FuzzRequest(f *testing.F) {
	var b bytes.Buffer
	writeFrame(&b, frameLimits, []byte(`{"max_pages":3,"max_body":10}`))
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, said []byte) {
		r := bytes.NewReader(said)
		l, err := readLimits(r)
		if err != nil || l.MaxBody < 0 || l.MaxBody > 1<<20 {
			return
		}
		if _, body, err := readFrame(r, nil, l.MaxBody); err == nil && len(body) > l.MaxBody {
			t.Fatalf("%d bytes over the limit of %d", len(body), l.MaxBody)
		}
	})
}
