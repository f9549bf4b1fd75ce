package bolt

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"

	"kaisei/internal/kaisei"
)

// record is a version with the change that led to it. They are packed together
// because a change repeats what its version says: hashes, titles, the words of
// its clauses.
type record struct {
	version kaisei.Version
	change  *kaisei.Change
	// pageKept says that the version keeps the body of Version.PageHash.
	pageKept bool
}

// The hashes of a record stay outside of its frame, as bytes: nothing makes random
// bytes smaller, and as text they would take half as much again.

// The bits of a record, most of which say which hashes it has. A hash that is no SHA-256 stays in
// the frame.
const (
	digestBody = 1 << iota
	digestText
	digestBefore
	digestFollows
	digestChange // the change names the body of its version
	digestPage
	pageKept // the body of the listing that led to the document is stored, and kept by the version
)

// encode returns the record unpacked (version without blocks, change or nothing,
// blocks) and the digests taken out of it; before is the body of the version before.
func (c record) encode(before []byte) (raw, head []byte, err error) {
	blocks, err := encodeBlocks(c.version.Blocks)
	if err != nil {
		return nil, nil, err
	}
	bits := byte(0)
	take := func(bit byte, hash *string) {
		if k, err := hashKey(*hash); err == nil {
			bits, head, *hash = bits|bit, append(head, k...), ""
		}
	}
	v := c.version
	v.Blocks = nil
	body := v.Snapshot.Hash
	take(digestBody, &v.Snapshot.Hash)
	take(digestText, &v.TextHash)
	take(digestPage, &v.PageHash)
	if c.pageKept {
		bits |= pageKept
	}
	var change []byte
	if c.change != nil {
		ch := *c.change
		if bits&digestBody != 0 && ch.Hash == body {
			bits, ch.Hash = bits|digestChange, ""
		}
		if k, err := hashKey(ch.BeforeHash); err == nil && bytes.Equal(k, before) {
			bits, ch.BeforeHash = bits|digestFollows, ""
		}
		take(digestBefore, &ch.BeforeHash)
		if change, err = marshal(ch); err != nil {
			return nil, nil, err
		}
	}
	version, err := marshal(v)
	if err != nil {
		return nil, nil, err
	}
	raw = make([]byte, 0, len(version)+len(change)+len(blocks)+2*binary.MaxVarintLen64)
	raw = appendString(raw, string(version))
	raw = appendString(raw, string(change))
	return append(raw, blocks...), append([]byte{bits}, head...), nil
}

// rawRecord is an unpacked record whose parts are decoded when asked for.
type rawRecord struct {
	raw, version, change, blocks []byte
	packed
}

func splitRecord(p packed, raw []byte) (rawRecord, error) {
	r := reader{b: raw}
	c := rawRecord{raw: raw, version: r.bytes(), change: r.bytes(), packed: p}
	c.blocks = r.b
	return c, r.fault("record of a version")
}

// decode returns the version, with its blocks where they are wanted.
func (c rawRecord) decode(withBlocks bool) (v kaisei.Version, err error) {
	if err := unmarshal(c.version, &v); err != nil {
		return v, err
	}
	if c.bits&digestBody != 0 {
		v.Snapshot.Hash = hex.EncodeToString(c.body)
	}
	if c.bits&digestText != 0 {
		v.TextHash = hex.EncodeToString(c.text)
	}
	if c.bits&digestPage != 0 {
		v.PageHash = hex.EncodeToString(c.page)
	}
	if withBlocks {
		v.Blocks, err = decodeBlocks(c.blocks)
	}
	return v, err
}

// decodeChange returns the change, or false where the version was a first reading. Before is
// the body of the version before, for a record that says it follows it.
func (c rawRecord) decodeChange(before []byte) (ch kaisei.Change, ok bool, err error) {
	if len(c.change) == 0 {
		return ch, false, nil
	}
	if err := unmarshal(c.change, &ch); err != nil {
		return ch, false, err
	}
	if c.bits&digestChange != 0 {
		ch.Hash = hex.EncodeToString(c.body)
	}
	switch {
	case c.bits&digestBefore != 0:
		ch.BeforeHash = hex.EncodeToString(c.before)
	case c.bits&digestFollows != 0:
		ch.BeforeHash = hex.EncodeToString(before)
	}
	return ch, true, nil
}
