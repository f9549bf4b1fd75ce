// Package extract reads documents: bytes in, blocks of text out. Its nouns are the
// Input (the bytes of a capture with what is known about them) and the Reading (a
// title, the blocks in reading order, and notes about what was set aside). It is
// pure: nothing is fetched, nothing is written, and equal input gives equal output.
//
// Its one promise: a reading is the whole text of the document or an error. Bytes
// that do not decode, a format that is not read, a limit that is hit, a file without
// text are a *kaisei.Fault, because a partial or empty success would look like a
// deletion. What a reader leaves out on purpose (navigation, update stamps, deleted
// text of tracked changes) is said in Reading.Notes.
//
// The readers of all formats share one clause tree: a block's path holds the headings
// and numbers above it, as printed (第２章 › 1-2 › (1) › ①). The document's own title
// is a block, but not part of other blocks' paths, so that a changed title is one edit.
package extract

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// The formats that Sniff tells apart and Read reads.
const (
	FormatHTML   = "html"
	FormatPDF    = "pdf"
	FormatLawXML = "lawxml"
	FormatDOCX   = "docx"
	FormatXLSX   = "xlsx"
	FormatPPTX   = "pptx"
	FormatZIP    = "zip"
	FormatFeed   = "feed"
	FormatJSON   = "json"
	FormatCSV    = "csv"
	FormatText   = "text"
)

// Input is what is to be read.
type Input struct {
	// Body is the bytes as received. It is not altered.
	Body []byte
	// MediaType is the Content-Type header, parameters included. The content decides what the
	// file is; the header only settles what content cannot (CSV or plain text).
	MediaType string
	// URL is where the bytes came from. It names the document in messages and resolves links;
	// nothing is fetched from it.
	URL string
	// Charset is the encoding to assume where the bytes do not tell.
	Charset string
	// Format says how to read the bytes, where the caller knows better than Sniff; "" leaves
	// it to Sniff.
	Format string
	// Select and Remove are CSS selectors for HTML: the part that is content (the first
	// selector that matches anything) and what to leave out of it.
	Select []string
	Remove []string
}

// Reading is what was read.
type Reading struct {
	// Format is how the bytes were read and Reader the revision of that reader ("html/1").
	Format, Reader string
	// Title is the document's own title, or "".
	Title string
	// Blocks are in reading order; there is at least one.
	Blocks []kaisei.Block
	// Notes say what was set aside or could not be read, for the ledger: "set aside: …".
	Notes []string
	// Damage says what is broken in the file although it could be read, or "": there may have been more in it.
	Damage string
}

// Extractor reads documents of every format. The zero value reads everything but PDF.
type Extractor struct {
	// PDF reads PDF files; nil makes a PDF a fault that says so.
	PDF PDFReader
}

// Revision returns the revision of the reader of format ("html/1"), or "" for a format
// that is not read. It changes when the same bytes may read differently.
func Revision(format string) string {
	switch format {
	case FormatPDF:
		return pdfRevision
	case FormatHTML:
		return format + "/3"
	case FormatLawXML, FormatDOCX, FormatXLSX, FormatPPTX, FormatZIP,
		FormatFeed, FormatJSON, FormatCSV, FormatText:
		return format + "/1"
	}
	return ""
}

// Read reads in.Body. Every failure is a *kaisei.Fault, except that a context that ends
// gives its own error.
func (x *Extractor) Read(ctx context.Context, in Input) (Reading, error) {
	return x.read(ctx, in, 0)
}

// read reads one file; depth counts the ZIP files around it.
func (x *Extractor) read(ctx context.Context, in Input, depth int) (Reading, error) {
	if err := ctx.Err(); err != nil {
		return Reading{}, err
	}
	if len(in.Body) == 0 {
		return Reading{}, kaisei.Faultf(kaisei.CauseEmpty, "the file has no bytes; open it in a browser to see whether the site is at fault")
	}
	format, err := formatOf(in)
	if err != nil {
		return Reading{}, err
	}
	var r Reading
	switch format {
	case FormatHTML:
		r, err = readHTML(in)
	case FormatPDF:
		r, err = x.readPDF(ctx, in)
	case FormatLawXML:
		r, err = readLawXML(in)
	case FormatDOCX:
		r, err = readDOCX(in)
	case FormatXLSX:
		r, err = readXLSX(ctx, in)
	case FormatPPTX:
		r, err = readPPTX(in)
	case FormatZIP:
		r, err = x.readZIP(ctx, in, depth)
	case FormatFeed:
		r, err = readFeed(in)
	case FormatJSON:
		r, err = readJSON(in)
	case FormatCSV:
		r, err = readCSV(in)
	case FormatText:
		r, err = readText(in)
	default:
		return Reading{}, unreadable(format)
	}
	if err != nil {
		return Reading{}, asFault(err)
	}
	r.Format, r.Reader = format, Revision(format)
	if !hasText(r.Blocks) {
		return Reading{}, kaisei.Faultf(kaisei.CauseEmpty, "the %s file was read and holds no text; open it to see what it shows", format)
	}
	if err := checkLimits(r); err != nil {
		return Reading{}, err
	}
	r.Notes = boundNotes(r.Notes)
	uniqueKeys(r.Blocks)
	return r, nil
}

// uniqueKeys numbers keys that a document uses twice, so that a key names one block.
func uniqueKeys(blocks []kaisei.Block) {
	used := map[string]int{}
	for i, b := range blocks {
		if b.Key == "" {
			continue
		}
		key := b.Key
		for used[key] > 0 {
			used[b.Key]++
			key = b.Key + "~" + strconv.Itoa(used[b.Key])
		}
		used[key]++
		blocks[i].Key = key
	}
}

// formatOf returns how to read in: as the caller says, unless the content is something
// else altogether (an HTML error page where a PDF was expected).
func formatOf(in Input) (string, error) {
	found := Sniff(in.Body, in.MediaType)
	want := in.Format
	if want == "" || want == found {
		return found, nil
	}
	if textual(want) && textual(found) || want == FormatZIP && packed(found) {
		return want, nil
	}
	return "", kaisei.Faultf(kaisei.CauseWrongType, "expected %s, but the content is %s; the site may have answered with an error page, or the source's format is set wrongly", want, formatName(found))
}

// textual reports whether a format is characters, so that its reader may be chosen freely.
func textual(format string) bool {
	switch format {
	case FormatHTML, FormatLawXML, FormatFeed, FormatJSON, FormatCSV, FormatText, formatXML:
		return true
	}
	return false
}

// packed reports whether a format is a ZIP file.
func packed(format string) bool {
	switch format {
	case FormatDOCX, FormatXLSX, FormatPPTX, FormatZIP:
		return true
	}
	return false
}

func hasText(blocks []kaisei.Block) bool {
	for _, b := range blocks {
		if strings.TrimSpace(b.Text) != "" {
			return true
		}
	}
	return false
}

// asFault makes an error of a parser a fault of the document.
func asFault(err error) error {
	var f *kaisei.Fault
	if errors.As(err, &f) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &kaisei.Fault{
		Cause:  kaisei.CauseDecode,
		Detail: "the file could not be read; it may be damaged or cut off; open it by hand",
		Err:    err,
	}
}
