package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The limits of the WARC reader.
const (
	// maxWARCHeader bounds the named fields of one record, maxHTTPHead the status line and
	// headers recorded in one.
	maxWARCHeader = 256 << 10
	maxHTTPHead   = 256 << 10
	// maxRecordBytes is the largest record whose body is read.
	maxRecordBytes = 256 << 20
	// maxWarnings bounds what is kept of the complaints about one file.
	maxWarnings = 100
)

// recordFile is a file of WARC records: all of them in order, and one again.
type recordFile interface {
	// scan calls yield with each record, whose block is valid until yield returns. What is damaged is
	// passed over where a next record can be found, and told to damaged; else the scan ends with an error.
	scan(yield func(warcRecord, io.Reader), damaged func(error)) error
	// open returns the block of the record that scan found at place.
	open(place place, size int64) (io.ReadCloser, error)
}

// place is where a record begins: in a file that is one stream (plain), offset bytes
// into it; in a compressed one, offset bytes into the unpacked gzip member that begins
// at member. Files with a member for each record have offset 0 throughout.
type place struct {
	plain          bool
	member, offset int64
}

// warcRecord is the header of one record.
type warcRecord struct {
	place  place
	header map[string]string // names in lower case
	size   int64             // of the block
	date   time.Time
}

// warcFile reads WARC 1.0 and 1.1 (ISO 28500), plain, compressed record by record, or
// compressed as a whole.
type warcFile struct {
	r    io.ReaderAt
	size int64
	// compressed is true once a gzip member was read.
	compressed bool
	// ahead is where the last open in a member that holds many records left off: replaying
	// walks forward, and unpacking from the start for every record would take for ever.
	ahead aheadReader
}

type aheadReader struct {
	member, offset int64
	r              *bufio.Reader
}

// errNoWARC is returned for a file whose first bytes are not those of a WARC file.
var errNoWARC = errors.New("not a WARC file")

// broken is where a file is damaged: the record or member that begins at at.
type broken struct {
	at  int64
	err error
}

func (b *broken) Error() string { return b.err.Error() }
func (b *broken) Unwrap() error { return b.err }

func (w *warcFile) scan(yield func(warcRecord, io.Reader), damaged func(error)) error {
	from := int64(0)
	for passed := 0; ; passed++ {
		err := w.scanFrom(from, yield)
		var b *broken
		if err == nil || !errors.As(err, &b) || passed == maxWarnings {
			return err
		}
		next, ok := w.resume(b.at + 1)
		if !ok {
			return err
		}
		damaged(fmt.Errorf("%w; what follows from byte %d on is used again", err, next))
		from = next
	}
}

// scanFrom scans from where a record or member begins.
func (w *warcFile) scanFrom(from int64, yield func(warcRecord, io.Reader)) error {
	raw := &counted{r: bufio.NewReaderSize(io.NewSectionReader(w.r, from, w.size-from), 64<<10), n: from}
	var z *gzip.Reader
	for {
		member := raw.n
		head, err := raw.r.Peek(2)
		if len(head) == 0 && err == io.EOF {
			return nil
		}
		if !bytes.Equal(head, gzipMagic[:2]) {
			if w.compressed {
				return &broken{member, fmt.Errorf("byte %d: what follows is not compressed", member)}
			}
			return scanStream(raw, place{plain: true}, yield)
		}
		w.compressed = true
		if z == nil {
			z, err = gzip.NewReader(raw)
		} else {
			err = z.Reset(raw)
		}
		if err != nil {
			return &broken{member, fmt.Errorf("byte %d: %w", member, cutOff(err))}
		}
		z.Multistream(false)
		stream := &counted{r: bufio.NewReaderSize(z, 32<<10)}
		if err := scanStream(stream, place{member: member}, yield); err != nil {
			return &broken{member, fmt.Errorf("in what is compressed from byte %d: %w", member, err)}
		}
	}
}

// Where a record may begin: a gzip member, or a line of a plain file.
var (
	gzipMagic = []byte{0x1F, 0x8B, 0x08}
	lineMagic = []byte("\nWARC/1.")
)

// resumeWindow is how much is searched at a time for the next record.
const resumeWindow = 1 << 20

// resume finds the next record at or after from: a gzip member that unpacks to a record, or in a plain file a line
// that begins as one.
func (w *warcFile) resume(from int64) (int64, bool) {
	magic, lead := lineMagic, int64(1)
	if w.compressed {
		magic, lead = gzipMagic, 0
	}
	buf := make([]byte, resumeWindow)
	for from = max(from-lead, 0); from < w.size; {
		n, err := w.r.ReadAt(buf, from)
		for at := 0; ; at++ {
			i := bytes.Index(buf[at:n], magic)
			if i < 0 {
				break
			}
			at += i
			if found := from + int64(at) + lead; !w.compressed || w.unpacks(found) {
				return found, true
			}
		}
		if err != nil || n < len(magic) {
			break
		}
		from += int64(n - len(magic) + 1)
	}
	return 0, false
}

// unpacks reports whether a member that begins at at holds records.
func (w *warcFile) unpacks(at int64) bool {
	z, err := gzip.NewReader(io.NewSectionReader(w.r, at, w.size-at))
	if err != nil {
		return false
	}
	head := make([]byte, len(lineMagic)-1)
	_, err = io.ReadFull(z, head)
	return err == nil && bytes.Equal(head, lineMagic[1:])
}

// scanStream yields the records of one stream.
func scanStream(s *counted, at place, yield func(warcRecord, io.Reader)) error {
	for {
		if err := s.skipNewlines(); err == io.EOF {
			return nil
		} else if err != nil {
			return cutOff(err)
		}
		at.offset = s.n
		rec, err := readWARCHeader(s)
		if err != nil {
			return &broken{at.offset, fmt.Errorf("record at byte %d: %w", at.offset, err)}
		}
		rec.place = at
		block := &io.LimitedReader{R: s, N: rec.size}
		yield(rec, block)
		if _, err := io.Copy(io.Discard, block); err != nil {
			return &broken{at.offset, fmt.Errorf("record at byte %d: %w", at.offset, cutOff(err))}
		}
		if block.N > 0 {
			return &broken{at.offset, fmt.Errorf("record at byte %d: %d of its %d bytes are missing", at.offset, block.N, rec.size)}
		}
	}
}

// readWARCHeader reads from the version line to the empty line.
func readWARCHeader(s *counted) (warcRecord, error) {
	left := maxWARCHeader
	line, err := s.line(&left)
	if err != nil {
		return warcRecord{}, err
	}
	if !strings.HasPrefix(line, "WARC/") {
		return warcRecord{}, errNoWARC
	}
	if v := line[len("WARC/"):]; !strings.HasPrefix(v, "1.") && !strings.HasPrefix(v, "0.") {
		return warcRecord{}, fmt.Errorf("WARC version %.10q is not known", v)
	}
	rec := warcRecord{header: map[string]string{}}
	last := ""
	for {
		line, err := s.line(&left)
		if err != nil {
			return warcRecord{}, err
		}
		if line == "" {
			break
		}
		if (line[0] == ' ' || line[0] == '\t') && last != "" { // a folded line
			rec.header[last] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return warcRecord{}, fmt.Errorf("the header line %.40q has no name", line)
		}
		last = strings.ToLower(strings.TrimSpace(name))
		rec.header[last] = strings.TrimSpace(value)
	}
	rec.size, err = strconv.ParseInt(rec.header["content-length"], 10, 64)
	if err != nil || rec.size < 0 {
		return warcRecord{}, fmt.Errorf("the Content-Length %.40q is no size", rec.header["content-length"])
	}
	rec.date, err = warcDate(rec.header["warc-date"])
	if err != nil {
		return warcRecord{}, err
	}
	return rec, nil
}

// warcDate reads a WARC-Date; version 1.1 allows fractions and dates that end early.
func warcDate(s string) (time.Time, error) {
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04Z", "2006-01-02T15Z", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("the WARC-Date %.40q is no time", s)
}

// open implements recordFile. It is not for concurrent use.
func (w *warcFile) open(at place, size int64) (io.ReadCloser, error) {
	if at.plain {
		s := &counted{r: bufio.NewReader(io.NewSectionReader(w.r, at.offset, w.size-at.offset))}
		if _, err := readWARCHeader(s); err != nil {
			return nil, err
		}
		return io.NopCloser(io.LimitReader(s, size)), nil
	}
	if w.ahead.r == nil || w.ahead.member != at.member || w.ahead.offset > at.offset {
		z, err := gzip.NewReader(bufio.NewReader(io.NewSectionReader(w.r, at.member, w.size-at.member)))
		if err != nil {
			return nil, err
		}
		z.Multistream(false)
		w.ahead = aheadReader{member: at.member, r: bufio.NewReader(z)}
	}
	if _, err := io.CopyN(io.Discard, w.ahead.r, at.offset-w.ahead.offset); err != nil {
		w.ahead = aheadReader{}
		return nil, cutOff(err)
	}
	s := &counted{r: w.ahead.r, n: at.offset}
	if _, err := readWARCHeader(s); err != nil {
		w.ahead = aheadReader{}
		return nil, err
	}
	return &aheadBlock{w: w, s: s, block: io.LimitReader(s, size)}, nil
}

// aheadBlock is a block whose reader is used again by the next open.
type aheadBlock struct {
	w     *warcFile
	s     *counted
	block io.Reader
	err   error
}

func (b *aheadBlock) Read(p []byte) (int, error) {
	n, err := b.block.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func (b *aheadBlock) Close() error {
	if b.w.ahead.offset = b.s.n; b.err != nil {
		b.w.ahead = aheadReader{}
	}
	return nil
}

// counted counts what is read through it.
type counted struct {
	r *bufio.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// ReadByte keeps gzip from reading beyond the end of a member.
func (c *counted) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// skipNewlines passes over the empty lines between records.
func (c *counted) skipNewlines() error {
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			return err
		}
		if b != '\r' && b != '\n' {
			return c.r.UnreadByte()
		}
		c.n++
	}
}

// line reads a line without its ending, taking its length from left.
func (c *counted) line(left *int) (string, error) {
	var long []byte
	for {
		part, err := c.r.ReadSlice('\n')
		c.n += int64(len(part))
		if *left -= len(part); *left < 0 {
			return "", fmt.Errorf("the header exceeds %s", kilobytes(maxWARCHeader))
		}
		switch err {
		case nil:
			if long == nil {
				return strings.TrimRight(string(part), "\r\n"), nil
			}
			return strings.TrimRight(string(append(long, part...)), "\r\n"), nil
		case bufio.ErrBufferFull:
			long = append(long, part...)
		default:
			return "", cutOff(err)
		}
	}
}

// cutOff words the end of a file in the middle of something.
func cutOff(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("the file is cut off here")
	}
	return err
}
