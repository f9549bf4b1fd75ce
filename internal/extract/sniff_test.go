package extract

import (
	"context"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

func ole(stream string) string {
	return oleMagic + strings.Repeat("\x00", 512) + string(utf16le(stream)) + strings.Repeat("\x00", 64)
}

func TestSniffTellsFormatsByContent(t *testing.T) {
	zipWith := func(names ...string) string {
		parts := map[string][]byte{}
		for _, n := range names {
			parts[n] = []byte("x")
		}
		return string(zipOf(t, names, parts))
	}
	for _, c := range []struct{ name, body, mediaType, want string }{
		{"a page", "\n<!DOCTYPE html><html>", "application/octet-stream", "html"},
		{"a page with a comment before its type", "<!-- x --><!doctype HTML>", "", "html"},
		{"a page in XHTML", `<?xml version="1.0"?><html xmlns="x">`, "", "html"},
		{"a fragment", `<ul class="history"><li>`, "application/xml", "html"},
		{"a law", `<?xml version="1.0"?><Law Era="Reiwa">`, "text/html", "lawxml"},
		{"a law with a byte order mark and a type", "\xef\xbb\xbf<?xml version='1.0'?>\n<!DOCTYPE Law PUBLIC \"a\" \"b\">\n<Law>", "", "lawxml"},
		{"the answer of the law API, version 1", "<?xml version=\"1.0\"?>\n<DataRoot>", "", "lawxml"},
		{"the answer of the law API, version 2", "<law_data_response>", "", "lawxml"},
		{"an entity bomb", "<?xml version=\"1.0\"?><!DOCTYPE Law [<!ENTITY a \"b>\">]><Law>", "", "lawxml"},
		{"RSS 2.0", `<?xml version="1.0"?><rss version="2.0">`, "", "feed"},
		{"RSS 1.0", `<?xml version="1.0"?><rdf:RDF xmlns="x">`, "", "feed"},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom">`, "", "feed"},
		{"other XML", `<?xml version="1.0"?><urlset>`, "", "xml"},
		{"a PDF behind garbage", "\n\n%PDF-1.7\n", "text/html", "pdf"},
		{"JSON", ` {"a":[1]}`, "text/plain", "json"},
		{"no JSON", `{"a":[1]`, "application/json", "text"},
		{"CSV", "a,b\n1,2\n", "text/csv; charset=Shift_JIS", "csv"},
		{"text", "ＢＭＷの件\n", "", "text"},
		{"text that begins like a bitmap", "BMのお知らせ", "", "text"},
		{"Word", zipWith("[Content_Types].xml", "word/document.xml"), "", "docx"},
		{"Excel", zipWith("[Content_Types].xml", "xl/workbook.xml"), "", "xlsx"},
		{"PowerPoint", zipWith("[Content_Types].xml", "ppt/presentation.xml"), "", "pptx"},
		{"OpenDocument", zipWith("mimetype", "content.xml", "META-INF/manifest.xml"), "", "odf"},
		{"EPUB", zipWith("mimetype", "META-INF/container.xml"), "", "epub"},
		{"ZIP", zipWith("a.txt"), "", "zip"},
		{"old Word", ole("WordDocument"), "application/msword", "doc"},
		{"old Excel", ole("Workbook"), "", "xls"},
		{"old PowerPoint", ole("PowerPoint Document"), "", "ppt"},
		{"Ichitaro", ole("JSRV_SegmentInformation"), "", "jtd"},
		{"a Word file with a password", ole("EncryptedPackage"), "", "encrypted"},
		{"another compound file", ole("x"), "", "ole2"},
		{"Rich Text", `{\rtf1\ansi`, "", "rtf"},
		{"PNG", "\x89PNG\r\n\x1a\n\x00\x00", "text/html", "image"},
		{"JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF", "", "image"},
		{"SVG", `<?xml version="1.0"?><svg xmlns="x">`, "", "image"},
		{"WebP", "RIFF\x10\x00\x00\x00WEBPVP8 ", "", "image"},
		{"MP4", "\x00\x00\x00\x18ftypmp42", "", "media"},
		{"gzip", "\x1f\x8b\x08\x00", "", "archive"},
		{"unknown bytes", "\x00\x01\x02\x03abc", "", "binary"},
		{"UTF-16", "\xff\xfea\x00b\x00", "", "text"},
		{"ISO-2022-JP", "\x1b$B$\"\x1b(B", "", "text"},
		{"nothing", "", "", "text"},
	} {
		if got := Sniff([]byte(c.body), c.mediaType); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestUnreadableFormatsAreRefusedByName(t *testing.T) {
	for _, c := range []struct {
		body  string
		cause kaisei.Cause
		says  string
	}{
		{ole("WordDocument"), kaisei.CauseWrongType, ".doc"},
		{ole("Workbook"), kaisei.CauseWrongType, ".xls"},
		{ole("PowerPoint Document"), kaisei.CauseWrongType, ".ppt"},
		{ole("JSFart2Contents"), kaisei.CauseWrongType, "一太郎"},
		{ole("EncryptedPackage"), kaisei.CauseEncrypted, "password"},
		{"\x89PNG\r\n\x1a\n\x00", kaisei.CauseWrongType, "an image"},
		{"%PDF-1.4", kaisei.CauseWrongType, "no PDF reader"},
		{`<?xml version="1.0"?><urlset/>`, kaisei.CauseWrongType, "only e-Gov law XML"},
		{"", kaisei.CauseEmpty, "no bytes"},
		{" \n ", kaisei.CauseEmpty, "no text"},
		{"<html><body></body></html>", kaisei.CauseEmpty, "no readable text"},
		{`<?xml version="1.0"?><Law><LawBody/></Law>`, kaisei.CauseEmpty, "no text"},
		{"{}", kaisei.CauseEmpty, "no text"},
		{"PK\x03\x04 cut", kaisei.CauseTruncated, "cut off"},
	} {
		_, err := (&Extractor{}).Read(context.Background(), Input{Body: []byte(c.body)})
		if kaisei.CauseOf(err) != c.cause || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.20q: %v, want %s with %q", c.body, err, c.cause, c.says)
		}
	}
}

func TestFormatOfTheCallerYieldsToContentOfAnotherKind(t *testing.T) {
	page := []byte("<html><title>エラー</title><body>お探しのページはありません。</body></html>")
	_, err := (&Extractor{}).Read(context.Background(), Input{Body: page, Format: FormatPDF})
	if kaisei.CauseOf(err) != kaisei.CauseWrongType {
		t.Errorf("an error page read as PDF: %v", err)
	}
	r, err := (&Extractor{}).Read(context.Background(), Input{Body: []byte("a,b\n1,2"), Format: FormatCSV})
	if err != nil || r.Format != FormatCSV || len(r.Blocks) != 2 {
		t.Errorf("text read as CSV: %+v, %v", r, err)
	}
}

func TestRevisionNamesAReaderForEveryFormatThatIsRead(t *testing.T) {
	for _, f := range []string{FormatHTML, FormatPDF, FormatLawXML, FormatDOCX, FormatXLSX, FormatPPTX, FormatZIP, FormatFeed, FormatJSON, FormatCSV, FormatText} {
		if got := Revision(f); !strings.HasPrefix(got, f+"/") {
			t.Errorf("Revision(%q) = %q", f, got)
		}
	}
	if got := Revision(formatDOC); got != "" {
		t.Errorf("Revision of a format that is not read: %q", got)
	}
}

func TestReadStopsWhenToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&Extractor{}).Read(ctx, Input{Body: []byte("本文")}); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}
