package extract

import (
	"fmt"

	"kaisei/internal/kaisei"
)

// The limits of the readers. A file beyond one of them is refused with CauseLimit (or
// CauseTooLarge, for its size as it came), never cut: half a document reads like a mass
// deletion. Each is several times what the largest real document needs.
const (
	// MaxHTML is the size of an HTML page in bytes; the largest real one seen has 0.6 MB.
	MaxHTML = 32 << 20
	// MaxXML is the size of a law or feed in bytes; the largest law has about 20 MB.
	MaxXML = 64 << 20
	// MaxText is the size of plain text, Markdown, CSV and JSON in bytes.
	MaxText = 32 << 20
	// MaxHTMLNodes is the number of elements and texts of an HTML page; the largest real one
	// seen has 9,000.
	MaxHTMLNodes = 500_000
	// MaxNodes is the number of elements of an XML document or a part of an Office file.
	MaxNodes = 1_000_000
	// MaxDepth is how deep elements of XML may nest. HTML has the parser's own limit of 512.
	MaxDepth = 256
	// MaxBlocks is the number of blocks of one reading.
	MaxBlocks = 200_000
	// MaxBlockText is the size of the text of one block in bytes.
	MaxBlockText = 1 << 20
	// MaxTotalText is the size of all texts and paths of one reading in bytes, as held in memory.
	MaxTotalText = 128 << 20
	// pathElement is what one element of a path takes in memory besides its bytes.
	pathElement = 16
	// MaxZip is the size of a ZIP file or Office file in bytes, as it came.
	MaxZip = 128 << 20
	// MaxZipEntries is the number of entries of a ZIP file.
	MaxZipEntries = 10_000
	// MaxZipBytes is the unpacked size of a ZIP file, declared and real.
	MaxZipBytes = 512 << 20
	// MaxZipEntry is the unpacked size of one entry that is read.
	MaxZipEntry = 128 << 20
	// MaxZipRatio is how many times larger an entry of more than ZipRatioFloor bytes may
	// unpack. Real Office files stay below 60.
	MaxZipRatio = 200
	// ZipRatioFloor is the unpacked size up to which the ratio is not looked at.
	ZipRatioFloor = 4 << 20
	// MaxRows is the number of rows of one sheet or CSV file.
	MaxRows = 100_000
	// MaxColumns is the number of columns of a row that are read.
	MaxColumns = 1_000
	// MaxPathLabel is the number of characters of one element of a block's path; a longer one
	// is cut and ends in "…".
	MaxPathLabel = 80
	// MaxNotes is the number of notes of one reading; the last one says how many more there were.
	MaxNotes = 100
)

// tooLarge is the fault of a file whose size is beyond limit.
func tooLarge(what string, size, limit int) error {
	return kaisei.Faultf(kaisei.CauseTooLarge,
		"%s of %d bytes is larger than the limit of %d bytes; look at the file by hand, or let the source lead to a smaller one", what, size, limit)
}

// overLimit is the fault of a file that is beyond a limit of its reader.
func overLimit(format string, args ...any) error {
	return kaisei.Faultf(kaisei.CauseLimit, "%s; nothing was read of it; look at the file by hand", fmt.Sprintf(format, args...))
}

// checkLimits refuses a reading that is larger than a document can be.
func checkLimits(r Reading) error {
	if len(r.Blocks) > MaxBlocks {
		return overLimit("the %s file has %d blocks of text, the limit is %d", r.Format, len(r.Blocks), MaxBlocks)
	}
	total := 0
	for _, b := range r.Blocks {
		if len(b.Text) > MaxBlockText {
			return overLimit("the %s file has a block of %d bytes, the limit is %d", r.Format, len(b.Text), MaxBlockText)
		}
		total += blockSize(b.Path, b.Text)
	}
	if total > MaxTotalText {
		return overLimit("the %s file has %d bytes of text, the limit is %d", r.Format, total, MaxTotalText)
	}
	return nil
}

// blockSize is what a block takes of MaxTotalText.
func blockSize(path []string, text string) int {
	n := len(text)
	for _, p := range path {
		n += len(p) + pathElement
	}
	return n
}
