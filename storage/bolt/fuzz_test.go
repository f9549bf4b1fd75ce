package bolt

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// FuzzBlocks decodes blocks from any bytes; what decodes must encode to the same blocks.
func FuzzBlocks(f *testing.F) {
	for _, blocks := range [][]kaisei.Block{
		nil,
		{{}},
		{{Path: []string{}, Kind: "other", Text: "あ"}, {Path: nil}},
		{
			{Path: []string{"第1部"}, Kind: kaisei.BlockHeading, Text: "第1部", Page: 3, Level: 1},
			{Path: []string{"第1部", "(1)"}, Kind: kaisei.BlockItem, Text: "一", Page: 4, Key: "k"},
			{Path: []string{"第1部", "(1)"}, Kind: kaisei.BlockRow, Text: "a | b", Page: 2},
			{Path: []string{"第2部"}, Kind: kaisei.BlockNote, Text: "注", Page: -1, Level: -1},
		},
	} {
		b, err := encodeBlocks(blocks)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		blocks, err := decodeBlocks(b)
		if err != nil {
			return
		}
		again, err := encodeBlocks(blocks)
		if err != nil {
			t.Fatal(err)
		}
		same, err := decodeBlocks(again)
		if err != nil || !reflect.DeepEqual(same, blocks) {
			t.Errorf("%v became %v, %v", blocks, same, err)
		}
	})
}

// FuzzPage decodes pages of the ledger from any bytes; what decodes must encode to the same looks.
func FuzzPage(f *testing.F) {
	p := page{}
	f.Add(p.encode())
	at := time.Date(2026, 3, 31, 5, 4, 3, 2, time.UTC)
	hash := kaisei.Hash(nil)
	for _, l := range []kaisei.Look{
		{}, {At: at, Document: "a", Change: "a@1", Hash: hash, URL: "u"}, {At: at.Add(-time.Hour), Document: "a", Change: "@1", Hash: hash, Took: -1},
		{Document: "", Change: "=x", Detail: "x", Cause: "x", Status: 200, Size: 1 << 40}, {Document: "abcd", Hash: "abcd", Change: "abcd"},
	} {
		p.add(l)
		f.Add(p.encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodePage("s", b)
		if err != nil {
			return
		}
		same, err := decodePage("s", p.encode())
		if err != nil || len(same.looks) != len(p.looks) {
			t.Fatalf("%d looks became %d, %v", len(p.looks), len(same.looks), err)
		}
		for i, l := range p.looks {
			if !reflect.DeepEqual(l, same.looks[i]) {
				t.Errorf("%+v became %+v", l, same.looks[i])
			}
		}
	})
}

// FuzzStored hands any bytes to every other decoder: an error is an answer, a panic is not.
func FuzzStored(f *testing.F) {
	z, err := newPacker()
	if err != nil {
		f.Fatal(err)
	}
	at := time.Date(2026, 3, 31, 5, 4, 3, 2, time.UTC)
	hash := kaisei.Hash(nil)
	head := changeHead{facets: kaisei.Change{Number: 1, Source: "a", Document: "a/b", SeenAt: at, Quiet: "q", Layer: "x"}, latest: at.Add(1), noun: z.packNoun([]byte("{}"))}
	f.Add(head.encode())
	head.record = 7
	f.Add(head.encode())
	raw, digests, err := record{kaisei.Version{Document: "a", TextHash: hash, PageHash: hash}, &kaisei.Change{BeforeHash: hash}, true}.encode(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(packed{at: 9, size: len(raw), pos: 3, prev: 4, parent: 2, frame: z.full(raw)}.encode(digests))
	f.Add(document{num: 1, records: []uint64{1, 5, 900}, head: z.packNoun([]byte("{}"))}.encode())
	f.Add(body{size: 3, pos: 1, parent: 2, frame: z.full([]byte("abc"))}.encode())
	p := page{}
	p.add(kaisei.Look{At: at})
	f.Add(p.encodeClosed(z))
	f.Add((&ledger{open: p}).encode())
	f.Add(uses{1, 2, 3}.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := decodeChangeHead(1, b); err == nil && h.record != 0 {
			if again, err := decodeChangeHead(1, h.encode()); err != nil || again.facets.Document != h.facets.Document {
				t.Errorf("%+v became %+v, %v", h, again, err)
			}
		}
		if p, err := decodePacked(9, b); err == nil {
			z.unpack(p.frame, nil, p.size, nil)
			z.unpack(p.frame, nouns, p.size, nil)
		}
		if c, err := splitRecord(packed{bits: digestBody, body: b}, b); err == nil {
			c.decode(true)
			c.decodeChange(nil)
		}
		if d, err := decodeDocument(b); err == nil {
			if again, err := decodeDocument(d.encode()); err != nil || len(again.records) != len(d.records) || !bytes.Equal(again.head, d.head) {
				t.Errorf("%+v became %+v, %v", d, again, err)
			}
		}
		decodeBody(b)
		decodeClosed("s", z, b)
		decodeLedger("s", b)
		z.unpackNoun(b)
		splitDue(b)
		tree := tree{}
		tree.entries(b)
	})
}
