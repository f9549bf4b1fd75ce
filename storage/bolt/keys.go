package bolt

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// maxID is the longest ID or URL in bytes; bbolt's own limit for a key is 32 KiB.
const maxID = 8 << 10

// separator stands between the parts of a key, so that no ID may hold it.
const separator = "\x00"

// checkID refuses what cannot be part of a key.
func checkID(what, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("the %s is empty", what)
	case len(id) > maxID:
		return fmt.Errorf("the %s of %d bytes is longer than %d: %.60q…", what, len(id), maxID, id)
	case strings.Contains(id, separator):
		return fmt.Errorf("the %s %q holds a zero byte", what, id)
	case !utf8.ValidString(id):
		return fmt.Errorf("the %s %q is not UTF-8", what, id)
	}
	return nil
}

func numKey(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func pairKey(a, b uint32) []byte { return binary.BigEndian.AppendUint32(numKey(a), b) }

func longKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// timeKeyLen is the length of what appendTime appends.
const timeKeyLen = 12

// appendTime appends an instant so that keys sort in time order; it holds for every time.Time, the
// zero one too.
func appendTime(k []byte, t time.Time) []byte {
	k = binary.BigEndian.AppendUint64(k, uint64(t.Unix())^(1<<63))
	return binary.BigEndian.AppendUint32(k, uint32(t.Nanosecond()))
}

func timeOf(k []byte) time.Time {
	sec := int64(binary.BigEndian.Uint64(k) ^ (1 << 63))
	return time.Unix(sec, int64(binary.BigEndian.Uint32(k[8:]))).UTC()
}

// hashKey returns the 32 bytes that a SHA-256 in hexadecimal names.
func hashKey(hash string) ([]byte, error) {
	k, err := hex.DecodeString(hash)
	if err != nil || len(k) != 32 || strings.ToLower(hash) != hash {
		return nil, fmt.Errorf("%.80q is not a SHA-256 in lower-case hexadecimal", hash)
	}
	return k, nil
}

// utc makes instants comparable and small: stored times are UTC.
func utc(ts ...*time.Time) {
	for _, t := range ts {
		*t = t.UTC()
	}
}

// marshal is json.Marshal without the escapes for HTML, which triple the size of markup.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func unmarshal(b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

var errShort = errors.New("bytes are missing or left over")

// reader takes a stored value apart. After the first fault it yields zeros, and end reports it.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) fail() { r.b, r.bad = nil, true }

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

// small reads a number that must fit an int32, such as a count or a page.
func (r *reader) small() int {
	n := r.uvarint()
	if n > math.MaxInt32 {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) num() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) time() time.Time {
	if b := r.take(timeKeyLen); b != nil {
		return timeOf(b)
	}
	return time.Time{}
}

func (r *reader) bytes() []byte { return r.take(r.small()) }

func (r *reader) string() string { return string(r.bytes()) }

// end reports a fault seen on the way, or bytes left over.
func (r *reader) end(what string) error {
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, what, errShort)
	}
	return nil
}

// fault reports a fault seen on the way; what is left is the caller's.
func (r *reader) fault(what string) error {
	if r.bad {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, what, errShort)
	}
	return nil
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendUvarint(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }
