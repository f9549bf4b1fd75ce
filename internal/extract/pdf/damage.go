package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// Bounds of the search for damage: what lies beyond is not looked at.
const (
	// maxInflated is how many bytes of unpacked streams are checked in all.
	maxInflated = 256 << 20
	// maxStreams is how many streams are checked.
	maxStreams = 50_000
	// dictBytes is how far before a stream its dictionary is searched, tailBytes how much may follow the end.
	dictBytes = 2 << 10
	tailBytes = 2 << 10
)

// Damage says what is broken in the bytes of a PDF, or "": streams that do not unpack, a table of objects that
// is not where the file says, an end that is missing. pdfium opens such a file without a word and
// returns less text. Encrypted streams cannot be checked.
func Damage(body []byte) string {
	if !bytes.Contains(body[max(0, len(body)-tailBytes):], []byte("%%EOF")) {
		return "%%EOF?"
	}
	if at := startOfTable(body); at != "" {
		return at
	}
	if bytes.Contains(body, []byte("/Encrypt")) {
		return ""
	}
	broken, checked := brokenStreams(body)
	if broken > 0 {
		return fmt.Sprintf("%d/%d streams", broken, checked)
	}
	return ""
}

var (
	startxref = regexp.MustCompile(`startxref\s+([0-9]{1,12})\s+%%EOF`)
	object    = regexp.MustCompile(`^\s*[0-9]{1,10}\s+[0-9]{1,5}\s+obj`)
	length    = regexp.MustCompile(`/Length\s+([0-9]{1,10})\s*(?:/|>>|\s[^0-9])`)
	filter    = regexp.MustCompile(`/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*[\]/>\s]`)
	filters   = regexp.MustCompile(`/Filter\s*\[[^\]]*/[A-Za-z0-9]+\s*/`)
)

// startOfTable checks that the last startxref leads to a table or stream of objects.
func startOfTable(body []byte) string {
	all := startxref.FindAllSubmatch(body[max(0, len(body)-tailBytes):], -1)
	if len(all) == 0 {
		return "startxref?"
	}
	n, _ := strconv.Atoi(string(all[len(all)-1][1]))
	head := max(0, bytes.Index(body[:min(len(body), 1024)], []byte("%PDF"))) // offsets count from the header
	for _, at := range []int{n, n + head} {
		if at <= 0 || at >= len(body) {
			continue
		}
		there := body[at:min(len(body), at+64)]
		if bytes.HasPrefix(bytes.TrimSpace(there), []byte("xref")) || object.Match(there) {
			return ""
		}
	}
	return "startxref " + strconv.Itoa(n) + "?"
}

// brokenStreams counts the streams that are packed by Flate alone and do not unpack.
func brokenStreams(body []byte) (broken, checked int) {
	left := int64(maxInflated)
	for at := 0; checked < maxStreams && left > 0; {
		i := bytes.Index(body[at:], []byte("stream"))
		if i < 0 {
			break
		}
		word := at + i
		at = word + len("stream")
		if bytes.HasSuffix(body[:word], []byte("end")) {
			continue
		}
		start := at
		switch {
		case bytes.HasPrefix(body[start:], []byte("\r\n")):
			start += 2
		case bytes.HasPrefix(body[start:], []byte("\n")), bytes.HasPrefix(body[start:], []byte("\r")):
			start++
		default:
			continue
		}
		dict := body[max(0, word-dictBytes):word]
		if j := bytes.LastIndex(dict, []byte(" obj")); j >= 0 {
			dict = dict[j:]
		} else {
			continue
		}
		size := -1
		if m := length.FindSubmatch(dict); m != nil {
			size, _ = strconv.Atoi(string(m[1]))
		}
		end := start + size
		if size < 0 || end > len(body) || !bytes.HasPrefix(bytes.TrimLeft(body[end:min(len(body), end+16)], "\r\n "), []byte("endstream")) {
			j := bytes.Index(body[start:], []byte("endstream"))
			if j < 0 {
				return broken + 1, checked + 1 // cut off
			}
			end = start + j
		}
		at = end
		if !filter.Match(dict) || filters.Match(dict) {
			continue
		}
		checked++
		n, ok := inflates(body[start:end], left)
		left -= n
		if !ok {
			broken++
		}
	}
	return broken, checked
}

// inflates reports whether bytes unpack whole and bear out their checksum, and how many they became.
func inflates(packed []byte, most int64) (int64, bool) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return 0, len(bytes.TrimSpace(packed)) == 0
	}
	n, err := io.CopyN(io.Discard, z, most)
	return n, err == nil || errors.Is(err, io.EOF)
}
