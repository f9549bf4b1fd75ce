package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/tetratelabs/wazero/api"
)

// pdfium asks FreeType for the extent of a glyph whenever it meets a character: once when a
// page is loaded and again when its text is, for every 。 of a document anew. It remembers the
// answers for the first 256 codes of a font and no others, so that in Japanese half to three
// quarters of its time went into decoding the same outlines, and no setting changes it. So one function is added to the
// module before it is compiled, which remembers, and the one call in question is led there. Every
// result stays as it was; the code of pdfium is otherwise untouched.

// memoModule is the SHA-256 of the module whose numbers stand below. With any other the
// memo is left out, and reading is slow but right.
const memoModule = "5ffef044d55b547f48388c85bd7d0cf3c1856af23f42d2ffe1ab3ad12caf939d"

// Numbers of memoModule.
const (
	loadGlyph    = 1807 // the function FT_Load_Glyph
	loadType     = 4    // its type: three i32 give one i32
	memoFunction = 6437 // the first number that no function has
	memoGlobal   = 2    // the first number that no global has
)

// memoExport is the name of the global that holds the address of the table; while it is
// zero nothing is remembered.
const memoExport = "kaisei_memo"

// The table has entries of 32 bytes: number of the face, glyph, four extents. A glyph has one
// place and drives out the one that was there. The first entry belongs to no glyph; it
// counts the faces met.
const (
	memoEntries    = 1 << 14
	memoEntryShift = 5
	memoSpread     = 5003 // keeps the glyphs of one face away from those of the next
	memoBytes      = (1 + memoEntries) << memoEntryShift
)

// Offsets in FreeType's FT_FaceRec and FT_GlyphSlotRec on 32 bits.
const (
	faceFlags   = 9  // the second byte of face_flags
	faceGeneric = 44 // generic.data: for the program's own use, zero in a new face; pdfium leaves it so
	faceGlyph   = 84
	slotMetrics = 24 // width, height, horiBearingX, horiBearingY: all that the caller reads
)

// faceChanges has the flags FT_FACE_FLAG_MULTIPLE_MASTERS and FT_FACE_FLAG_TRICKY in the second byte: the
// glyphs of such a face may change their extent.
const faceChanges = 0x21

// loadNoScale is the flag FT_LOAD_NO_SCALE; the call in question has it and no other.
const loadNoScale = 1

// Operations, types and sections of WebAssembly.
const (
	opIf, opEnd, opReturn, opCall            = 0x04, 0x0b, 0x0f, 0x10
	opLocalGet, opLocalSet, opLocalTee       = 0x20, 0x21, 0x22
	opGlobalGet, opI32Const                  = 0x23, 0x41
	opI32Load, opI64Load, opI32Load8         = 0x28, 0x29, 0x2d
	opI32Store, opI64Store                   = 0x36, 0x37
	opI32Eqz, opI32Eq, opI32Ne               = 0x45, 0x46, 0x47
	opI32Add, opI32Mul                       = 0x6a, 0x6c
	opI32And, opI32Or, opI32Shl              = 0x71, 0x72, 0x74
	typeI32, typeNone, mutable, exportGlobal = 0x7f, 0x40, 0x01, 0x03

	sectionFunction, sectionGlobal, sectionExport, sectionCode = 3, 6, 7, 10
)

// withMemo returns memoModule with the memo in it, and any other module as it is.
func withMemo(module []byte) (_ []byte, fits bool) {
	if sum := sha256.Sum256(module); hex.EncodeToString(sum[:]) != memoModule {
		return module, false
	}
	const head = 8
	out := make([]byte, head, len(module)+512)
	copy(out, module)
	for rest := module[head:]; len(rest) > 0; {
		id := rest[0]
		size, n := binary.Uvarint(rest[1:])
		body := rest[1+n:][:size]
		rest = rest[1+n+int(size):]
		switch id {
		case sectionFunction:
			body = withItem(body, code{}.op(loadType))
		case sectionGlobal:
			body = withItem(body, code{}.op(typeI32).op(mutable).op(opI32Const, 0).op(opEnd))
		case sectionExport:
			body = withItem(body, append(code{}.op(len(memoExport)), memoExport...).op(exportGlobal, memoGlobal))
		case sectionCode:
			// No other call has a constant flag of 1, so this is the one; both calls take as many bytes.
			old := code{}.op(opI32Const, loadNoScale).op(opCall, loadGlyph)
			led := code{}.op(opI32Const, loadNoScale).op(opCall, memoFunction)
			if bytes.Count(body, old) != 1 || len(old) != len(led) {
				return module, false
			}
			f := memoCode()
			body = withItem(bytes.Replace(body, old, led, 1), append(code{}.op(len(f)), f...))
		}
		out = append(out, id)
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	return out, true
}

// withItem adds an item to a section that is a count and so many items.
func withItem(section, item []byte) []byte {
	count, n := binary.Uvarint(section)
	out := binary.AppendUvarint(make([]byte, 0, len(section)+len(item)+1), count+1)
	return append(append(out, section[n:]...), item...)
}

// code is code of WebAssembly.
type code []byte

// op appends an operation and its operands, which are not negative and, for opI32Const,
// below 64.
func (c code) op(op int, operands ...int) code {
	c = binary.AppendUvarint(c, uint64(op))
	for _, n := range operands {
		c = binary.AppendUvarint(c, uint64(n))
	}
	return c
}

func (c code) get(local int) code { return c.op(opLocalGet, local) }

// constant appends a constant of any size.
func (c code) constant(v int32) code {
	c = append(c, opI32Const)
	for {
		b := byte(v & 0x7f)
		if v >>= 7; v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(c, b)
		}
		c = append(c, b|0x80)
	}
}

// mem appends a load or store at an offset from the address on the stack.
func (c code) mem(op, offset int) code {
	align := 0
	switch op {
	case opI32Load, opI32Store, opI64Load, opI64Store:
		align = 2
	}
	return c.op(op, align, offset)
}

// memoCode is the body of the added function, which stands in for FT_Load_Glyph(face, glyph, 1).
func memoCode() code {
	const face, glyph, flags, number, entry, slot, fault = 0, 1, 2, 3, 4, 5, 6
	c := code{}.op(1).op(4, typeI32) // one group of locals: four of type i32

	// Without a table, or with a face that may change: as before.
	c = c.op(opGlobalGet, memoGlobal).op(opI32Eqz)
	c = c.get(face).op(opI32Eqz).op(opI32Or)
	c = c.get(face).mem(opI32Load8, faceFlags).constant(faceChanges).op(opI32And).op(opI32Or)
	c = c.op(opIf, typeNone)
	c = c.get(face).get(glyph).get(flags).op(opCall, loadGlyph).op(opReturn)
	c = c.op(opEnd)

	// A new face takes the next number. A face at the place of one that is gone is a new one.
	c = c.get(face).mem(opI32Load, faceGeneric).op(opLocalTee, number).op(opI32Eqz)
	c = c.op(opIf, typeNone)
	c = c.op(opGlobalGet, memoGlobal)
	c = c.op(opGlobalGet, memoGlobal).mem(opI32Load, 0).constant(1).op(opI32Add).op(opLocalTee, number)
	c = c.mem(opI32Store, 0)
	c = c.get(face).get(number).mem(opI32Store, faceGeneric)
	c = c.op(opEnd)

	// entry = table + (1 + (number*memoSpread+glyph)%memoEntries) * bytes of an entry
	c = c.op(opGlobalGet, memoGlobal)
	c = c.get(number).constant(memoSpread).op(opI32Mul).get(glyph).op(opI32Add).constant(memoEntries - 1).op(opI32And)
	c = c.constant(1).op(opI32Add).constant(memoEntryShift).op(opI32Shl).op(opI32Add).op(opLocalSet, entry)
	c = c.get(face).mem(opI32Load, faceGlyph).op(opLocalSet, slot)

	c = c.get(entry).mem(opI32Load, 0).get(number).op(opI32Eq)
	c = c.get(entry).mem(opI32Load, 4).get(glyph).op(opI32Eq).op(opI32And)
	c = c.op(opIf, typeNone)
	for _, at := range []int{0, 8} {
		c = c.get(slot).get(entry).mem(opI64Load, 8+at).mem(opI64Store, slotMetrics+at)
	}
	c = c.constant(0).op(opReturn)
	c = c.op(opEnd)

	c = c.get(face).get(glyph).get(flags).op(opCall, loadGlyph).op(opLocalTee, fault).op(opI32Eqz)
	c = c.op(opIf, typeNone)
	c = c.get(entry).get(number).mem(opI32Store, 0)
	c = c.get(entry).get(glyph).mem(opI32Store, 4)
	for _, at := range []int{0, 8} {
		c = c.get(entry).get(slot).mem(opI64Load, slotMetrics+at).mem(opI64Store, 8+at)
	}
	c = c.op(opEnd)
	return c.get(fault).op(opEnd)
}

// remember gives the memo its table.
func (in *instance) remember() {
	g, ok := in.mod.ExportedGlobal(memoExport).(api.MutableGlobal)
	if !ok {
		return
	}
	if at := in.call("calloc", 1, memoBytes); at != 0 {
		g.Set(at)
	}
}
