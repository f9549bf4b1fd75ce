package extract

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"mime"
	"strings"
	"unicode/utf8"

	"kaisei/internal/kaisei"
)

// Formats that are recognised in order to be refused by name.
const (
	formatXML       = "xml"
	formatDOC       = "doc"
	formatXLS       = "xls"
	formatPPT       = "ppt"
	formatJTD       = "jtd"
	formatOLE       = "ole2"
	formatEncrypted = "encrypted"
	formatRTF       = "rtf"
	formatODF       = "odf"
	formatEPUB      = "epub"
	formatImage     = "image"
	formatMedia     = "media"
	formatArchive   = "archive"
	formatBinary    = "binary"
)

// sniffBytes is how much of a file's beginning is searched for signs of its format.
const sniffBytes = 4096

// Sniff tells the format of a file by its content: one of the Format constants, or
// the name of a format that Read refuses ("doc", "xls", "ppt", "jtd", "image", …,
// "binary" for bytes it does not know). Servers mislabel too often for mediaType to
// decide anything but whether text is CSV.
func Sniff(body []byte, mediaType string) string {
	head := body[:min(len(body), sniffBytes)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return sniffZip(body)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return sniffOLE(body)
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return FormatPDF
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return formatRTF
	}
	if f := sniffMagic(head); f != "" {
		return f
	}
	if utf16BOM(head) {
		return sniffText(nil, mediaType)
	}
	if isBinary(head) {
		return formatBinary
	}
	if f := sniffMarkup(head); f != "" {
		return f
	}
	return sniffText(body, mediaType)
}

// sniffMagic knows images, sound, video and archives by their first bytes.
func sniffMagic(head []byte) string {
	for _, m := range []struct{ magic, format string }{
		{"\x89PNG\r\n\x1a\n", formatImage}, {"\xff\xd8\xff", formatImage}, {"GIF8", formatImage},
		{"II*\x00", formatImage}, {"MM\x00*", formatImage}, {"BM", formatImage}, {"\x00\x00\x01\x00", formatImage},
		{"\x1f\x8b", formatArchive}, {"7z\xbc\xaf\x27\x1c", formatArchive}, {"Rar!\x1a\x07", formatArchive},
		{"BZh", formatArchive}, {"\xfd7zXZ\x00", formatArchive}, {"\x28\xb5\x2f\xfd", formatArchive},
		{"ID3", formatMedia}, {"OggS", formatMedia}, {"\x1aE\xdf\xa3", formatMedia},
	} {
		if !bytes.HasPrefix(head, []byte(m.magic)) {
			continue
		}
		// "BM", "BZh" and "ID3" could begin a text; a bitmap and its kin hold bytes that no text has.
		if utf8.ValidString(m.magic) && m.magic[0] >= ' ' && !isBinary(head) {
			continue
		}
		return m.format
	}
	switch {
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return formatImage
	case len(head) >= 12 && string(head[:4]) == "RIFF", len(head) >= 12 && string(head[4:8]) == "ftyp":
		return formatMedia
	}
	return ""
}

// sniffZip tells the formats that are ZIP files apart by the entries they must have.
func sniffZip(body []byte) string {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return FormatZIP
	}
	for _, f := range z.File {
		switch f.Name {
		case "word/document.xml":
			return FormatDOCX
		case "xl/workbook.xml", "xl/workbook.bin":
			return FormatXLSX
		case "ppt/presentation.xml":
			return FormatPPTX
		case "META-INF/container.xml":
			return formatEPUB
		case "content.xml":
			if zipHas(z, "META-INF/manifest.xml") {
				return formatODF
			}
		}
	}
	return FormatZIP
}

func zipHas(z *zip.Reader, name string) bool {
	for _, f := range z.File {
		if f.Name == name {
			return true
		}
	}
	return false
}

// sniffOLE tells the formats that are OLE2 compound files apart by the names of their
// streams, which the directory holds in UTF-16.
func sniffOLE(body []byte) string {
	has := func(name string) bool { return bytes.Contains(body, utf16le(name)) }
	switch {
	case has("EncryptedPackage"):
		return formatEncrypted
	case has("JSRV_SegmentInformation"), has("JSFart2Contents"), has("DocumentViewStyles"):
		return formatJTD
	case has("WordDocument"):
		return formatDOC
	case has("PowerPoint Document"):
		return formatPPT
	case has("Workbook"), has("Book"):
		return formatXLS
	}
	return formatOLE
}

func utf16le(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

func utf16BOM(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}

// isBinary reports whether bytes hold a control character that no text in any Japanese
// encoding has. ESC is in ISO-2022-JP.
func isBinary(head []byte) bool {
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' && c != 0x1b && c != 0x1a {
			return true
		}
	}
	return false
}

// sniffMarkup names XML by its root element and HTML by the first element that only
// HTML has; fragments of HTML (a bare list, as some servers answer) are HTML too.
func sniffMarkup(head []byte) string {
	s := strings.TrimLeft(string(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))), " \t\r\n\f")
	if !strings.HasPrefix(s, "<") {
		if i := strings.Index(strings.ToLower(s), "<html"); i >= 0 {
			return FormatHTML
		}
		return ""
	}
	isXML := strings.HasPrefix(s, "<?xml")
	if strings.Contains(strings.ToLower(s), "<!doctype html") {
		return FormatHTML
	}
	root := rootElement(s)
	switch local := root[strings.IndexByte(root, ':')+1:]; strings.ToLower(local) {
	case "law", "dataroot", "law_data_response", "law_full_text", "lawfulltext":
		return FormatLawXML
	case "rss", "rdf", "feed":
		return FormatFeed
	case "svg":
		return formatImage
	case "html", "head", "body", "div", "p", "ul", "ol", "dl", "table", "h1", "h2", "h3", "section",
		"main", "article", "span", "a", "script", "meta", "title", "center", "form", "nav", "header", "br", "style", "link":
		return FormatHTML
	}
	if isXML {
		return formatXML
	}
	if strings.Contains(strings.ToLower(s), "<html") {
		return FormatHTML
	}
	return ""
}

// rootElement returns the name of the first element of markup, past declarations,
// comments and the document type.
func rootElement(s string) string {
	for {
		s = strings.TrimLeft(s, " \t\r\n\f")
		end := ""
		switch {
		case strings.HasPrefix(s, "<!--"):
			end = "-->"
		case strings.HasPrefix(s, "<?"):
			end = "?>"
		case strings.HasPrefix(s, "<!"):
			end = ">"
			if b := strings.IndexByte(s, '['); b >= 0 && b < strings.IndexByte(s+">", '>') {
				end = "]>"
			}
		case strings.HasPrefix(s, "<"):
			i := strings.IndexAny(s, " \t\r\n\f/>")
			if i < 1 {
				return ""
			}
			return s[1:i]
		default:
			return ""
		}
		i := strings.Index(s, end)
		if i < 0 {
			return ""
		}
		s = s[i+len(end):]
	}
}

// sniffText tells JSON and CSV from other text.
func sniffText(body []byte, mediaType string) string {
	t := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(t) > 0 && (t[0] == '{' || t[0] == '[') && json.Valid(t) {
		return FormatJSON
	}
	mt, _, err := mime.ParseMediaType(mediaType)
	if err == nil && (mt == "text/csv" || mt == "application/csv" || mt == "text/comma-separated-values") {
		return FormatCSV
	}
	return FormatText
}

// formatName names a format for people.
func formatName(format string) string {
	switch format {
	case formatDOC:
		return "a Word file of the old binary format (.doc)"
	case formatXLS:
		return "an Excel file of the old binary format (.xls)"
	case formatPPT:
		return "a PowerPoint file of the old binary format (.ppt)"
	case formatJTD:
		return "an Ichitaro file (一太郎, .jtd)"
	case formatOLE:
		return "an OLE2 compound file of an unknown kind"
	case formatRTF:
		return "a Rich Text file (.rtf)"
	case formatODF:
		return "an OpenDocument file"
	case formatEPUB:
		return "an EPUB book"
	case formatImage:
		return "an image"
	case formatMedia:
		return "sound or video"
	case formatArchive:
		return "a compressed archive other than ZIP"
	case formatXML:
		return "XML that is neither a law nor a feed"
	case formatBinary:
		return "binary data of an unknown kind"
	}
	return format
}

// unreadable is the fault of a format that is recognised and not read.
func unreadable(format string) error {
	if format == formatEncrypted {
		return kaisei.Faultf(kaisei.CauseEncrypted, "the file is an Office document protected by a password; ask the publisher for the password or for another format")
	}
	do := "see whether the publisher offers the same document as PDF, Word (.docx) or HTML, and follow that link instead"
	switch format {
	case formatImage:
		do = "its words cannot be read; follow a link to the document itself instead, or watch the page that shows it"
	case formatMedia, formatBinary:
		do = "leave the link out of the source"
	case formatArchive:
		do = "only ZIP archives are read; see whether the publisher offers the documents one by one"
	case formatXML:
		do = "only e-Gov law XML, RSS and Atom are read"
	}
	return kaisei.Faultf(kaisei.CauseWrongType, "the file is %s, which is not read; %s", formatName(format), do)
}
