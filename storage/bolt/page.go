package bolt

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// A page of the ledger closes when it holds this many looks or bytes. Its last, open page is
// rewritten with every look, so it must stay small.
const (
	pageLooks = 64
	pageBytes = 3 << 10
)

// page holds looks of one source in the order in which they were appended.
type page struct {
	looks []kaisei.Look
	// earliest and latest bound the page, running is the latest of it and all pages before.
	earliest, latest, running time.Time
	// size is how many bytes the looks take.
	size int
}

// add appends a look.
func (p *page) add(l kaisei.Look) {
	if len(p.looks) == 0 || l.At.Before(p.earliest) {
		p.earliest = l.At
	}
	if len(p.looks) == 0 || l.At.After(p.latest) {
		p.latest = l.At
	}
	if l.At.After(p.running) || p.running.IsZero() {
		p.running = l.At
	}
	p.looks = append(p.looks, l)
}

// encode writes the page. A string that stood in the page before is a number, a
// hash half its length, a time the distance from the one before: a look that
// found nothing new takes about twenty bytes.
func (p *page) encode() []byte {
	b := appendUvarint(nil, len(p.looks))
	b = p.appendBounds(b)
	head := len(b)
	known := map[string]int{}
	var last time.Time
	word := func(s string) {
		switch n, ok := known[s]; {
		case s == "":
			b = append(b, 0)
		case ok:
			b = appendUvarint(b, n+2)
		default:
			known[s] = len(known)
			raw, err := hex.DecodeString(s)
			if err != nil || hex.EncodeToString(raw) != s {
				b = appendString(append(b, 1), s+".")
			} else {
				b = appendString(append(b, 1), string(raw)+"x")
			}
		}
	}
	for _, l := range p.looks {
		b = binary.AppendVarint(b, l.At.Unix()-last.Unix())
		b = appendUvarint(b, l.At.Nanosecond())
		last = l.At
		l.Change = shortChange(l)
		for _, s := range lookWords(&l) {
			word(*s)
		}
		for _, n := range []int64{int64(l.Status), int64(l.Size), int64(l.Took)} {
			b = binary.AppendVarint(b, n)
		}
	}
	p.size = len(b) - head
	return b
}

func (p *page) appendBounds(b []byte) []byte {
	return appendTime(appendTime(appendTime(b, p.earliest), p.latest), p.running)
}

// boundsLen is the length of what appendBounds appends.
const boundsLen = 3 * timeKeyLen

func (p *page) readBounds(r *reader) { p.earliest, p.latest, p.running = r.time(), r.time(), r.time() }

// lookWords returns the strings of a look in the order in which a page holds them.
func lookWords(l *kaisei.Look) []*string {
	return []*string{
		&l.Document, (*string)(&l.Verdict), (*string)(&l.Cause), &l.Detail, &l.URL, &l.Hash, &l.Change,
	}
}

// shortChange returns the change of a look, without the document where its ID is
// made of it: "@7". A change that could be taken for that keeps its form behind "=".
func shortChange(l kaisei.Look) string {
	rest, ok := strings.CutPrefix(l.Change, l.Document)
	switch {
	case ok && strings.HasPrefix(rest, "@"):
		return rest
	case strings.HasPrefix(l.Change, "@"), strings.HasPrefix(l.Change, "="):
		return "=" + l.Change
	}
	return l.Change
}

func longChange(l kaisei.Look) string {
	if strings.HasPrefix(l.Change, "@") {
		return l.Document + l.Change
	}
	return strings.TrimPrefix(l.Change, "=")
}

// decodePage reads the looks of a source back.
func decodePage(source string, b []byte) (page, error) {
	r := reader{b: b}
	n := r.small()
	var p page
	p.readBounds(&r)
	p.size = len(r.b)
	const least = 12 // a look of empty fields
	if n > len(r.b)/least {
		r.fail()
	}
	if r.bad {
		return page{}, r.end("page of the ledger")
	}
	p.looks = make([]kaisei.Look, 0, n)
	var known []string
	word := func() string {
		switch n := r.small(); {
		case n == 0:
			return ""
		case n == 1:
			s := r.string()
			raw, isHex := strings.CutSuffix(s, "x")
			if isHex {
				s = hex.EncodeToString([]byte(raw))
			} else if s, isHex = strings.CutSuffix(s, "."); !isHex {
				r.fail()
			}
			known = append(known, s)
			return s
		case n-2 < len(known):
			return known[n-2]
		}
		r.fail()
		return ""
	}
	var last time.Time
	for range n {
		sec, nano := r.varint(), r.small()
		if nano >= int(time.Second) {
			r.fail()
		}
		l := kaisei.Look{Source: source, At: time.Unix(last.Unix()+sec, int64(nano)).UTC()}
		last = l.At
		for _, s := range lookWords(&l) {
			*s = word()
		}
		l.Change = longChange(l)
		l.Status, l.Size, l.Took = int(r.varint()), int(r.varint()), time.Duration(r.varint())
		if r.bad {
			break
		}
		p.looks = append(p.looks, l)
	}
	return p, r.end("page of the ledger")
}

// full reports whether the page takes no further look. It counts what encode wrote last.
func (p *page) full() bool { return len(p.looks) >= pageLooks || p.size >= pageBytes }

// encodeClosed writes a page that takes no further look: its bounds unpacked, so that a
// search can pass it by, then the whole of it packed.
func (p *page) encodeClosed(z *packer) []byte {
	return append(p.appendBounds(nil), z.packNoun(p.encode())...)
}

// closedBounds reads the bounds of a closed page, without its looks.
func closedBounds(b []byte) (p page, err error) {
	r := reader{b: b}
	p.readBounds(&r)
	return p, r.fault("bounds of a page of the ledger")
}

func decodeClosed(source string, z *packer, b []byte) (page, error) {
	if len(b) < boundsLen {
		return page{}, fmt.Errorf("%w: page of the ledger: %w", ErrDamaged, errShort)
	}
	raw, err := z.unpackNoun(b[boundsLen:])
	if err != nil {
		return page{}, err
	}
	return decodePage(source, raw)
}
