package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// refused reads body and checks that it is refused for cause, and how much memory that took.
func refused(t *testing.T, name string, in Input, cause kaisei.Cause, megabytes int) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := (&Extractor{}).Read(context.Background(), in)
	runtime.ReadMemStats(&after)
	if kaisei.CauseOf(err) != cause {
		t.Errorf("%s: %v, want cause %s", name, err, cause)
	}
	if grown := int(after.TotalAlloc-before.TotalAlloc) >> 20; grown > megabytes {
		t.Errorf("%s: %d MB allocated, want at most %d", name, grown, megabytes)
	}
}

func TestPagesBeyondTheLimitsAreRefusedWithBoundedMemory(t *testing.T) {
	head := "<!DOCTYPE html><html><body>"
	refused(t, "50 MB", Input{Body: append([]byte(head), bytes.Repeat([]byte("<p>あ</p>"), 50<<20/10)...)}, kaisei.CauseTooLarge, 1)
	refused(t, "many elements", Input{Body: append([]byte(head), bytes.Repeat([]byte("<i>"), MaxHTMLNodes+1)...)}, kaisei.CauseLimit, 60)
	// 500 open elements that every paragraph opens anew: 16 MB would become 250 million nodes.
	var b strings.Builder
	b.WriteString(head)
	for i := range 400 {
		fmt.Fprintf(&b, "<b id=%d>", i)
	}
	b.WriteString(strings.Repeat("<p>あ", 1<<20))
	refused(t, "reopened formatting", Input{Body: []byte(b.String())}, kaisei.CauseLimit, 60)
	refused(t, "deep nesting", Input{Body: []byte(head + strings.Repeat("<div>", 100_000) + "あ")}, kaisei.CauseDecode, 60)
	var attrs strings.Builder
	for i := range 2 * maxAttributes {
		fmt.Fprintf(&attrs, "a%d=b ", i)
	}
	refused(t, "many attributes", Input{Body: []byte(head + "<p " + attrs.String() + ">あ")}, kaisei.CauseLimit, 20)
	refused(t, "one huge block", Input{Body: []byte(head + strings.Repeat("あ", MaxBlockText))}, kaisei.CauseLimit, 200)
}

func TestManyBlocksAreRefused(t *testing.T) {
	body := bytes.Repeat([]byte("あ\n\n"), MaxBlocks+10)
	_, err := (&Extractor{}).Read(context.Background(), Input{Body: body})
	if kaisei.CauseOf(err) != kaisei.CauseLimit {
		t.Errorf("got %v", err)
	}
	body = []byte(strings.Repeat("あ,い\n", MaxRows+1))
	_, err = (&Extractor{}).Read(context.Background(), Input{Body: body, MediaType: "text/csv"})
	if kaisei.CauseOf(err) != kaisei.CauseLimit {
		t.Errorf("rows: %v", err)
	}
}

func TestAttackXMLBeyondTheLimitsIsRefused(t *testing.T) {
	law := `<?xml version="1.0"?><Law><LawBody><LawTitle>試験法</LawTitle>`
	refused(t, "deep nesting", Input{Body: []byte(law + strings.Repeat("<Ruby>", 100_000))}, kaisei.CauseLimit, 10)
	refused(t, "size", Input{Body: append([]byte(law), bytes.Repeat([]byte(" "), MaxXML)...)}, kaisei.CauseTooLarge, 1)
	bomb := `<?xml version="1.0"?><!DOCTYPE Law [<!ENTITY a "` + strings.Repeat("あ", 1000) + `">`
	for i := 'b'; i < 'k'; i++ {
		bomb += fmt.Sprintf(`<!ENTITY %c "%s">`, i, strings.Repeat(fmt.Sprintf("&%c;", i-1), 10))
	}
	refused(t, "entities", Input{Body: []byte(bomb + `]><Law><LawBody><LawTitle>&j;</LawTitle></LawBody></Law>`)}, kaisei.CauseDecode, 10)
	refused(t, "undeclared entity", Input{Body: []byte(`<Law><LawBody><LawTitle>&nbsp;</LawTitle></LawBody></Law>`)}, kaisei.CauseDecode, 10)
	refused(t, "a large feed", Input{Body: append([]byte(`<rss version="2.0">`), bytes.Repeat([]byte(" "), MaxFeed)...)}, kaisei.CauseTooLarge, 1)
	refused(t, "deep JSON", Input{Body: []byte(strings.Repeat("[", MaxDepth+1) + "1" + strings.Repeat("]", MaxDepth+1))}, kaisei.CauseLimit, 10)
}

// zeros makes a ZIP file with one entry of n zero bytes, which deflate packs a thousandfold.
func zeros(t *testing.T, name string, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("[Content_Types].xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("<Types/>")); err != nil {
		t.Fatal(err)
	}
	if w, err = z.Create(name); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeroReader{}, n); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestDeepPathsAreBounded(t *testing.T) {
	// 240 open items above 100,000 small ones: the paths would take a gigabyte.
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><Law><LawBody><LawTitle>試験法</LawTitle>`)
	const deep = 240
	for range deep {
		b.WriteString("<Item><ItemTitle>一</ItemTitle>")
	}
	b.WriteString(strings.Repeat("<Item><ItemTitle>二</ItemTitle></Item>", 100_000))
	b.WriteString(strings.Repeat("</Item>", deep) + "</LawBody></Law>")
	refused(t, "deep paths", Input{Body: []byte(b.String())}, kaisei.CauseLimit, 400)
}

func TestAttackZipBombsAreRefusedBeforeTheyUnpack(t *testing.T) {
	for _, name := range []string{"word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "a.txt"} {
		bomb := zeros(t, name, 64<<20)
		refused(t, name, Input{Body: bomb}, kaisei.CauseLimit, 20)
		// The same with a directory that lies about the size.
		lying := bytes.Clone(bomb)
		at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
		binary.LittleEndian.PutUint32(lying[at+24:], 1000)
		cause := kaisei.CauseTruncated
		if name == "xl/workbook.xml" {
			cause = kaisei.CauseDecode // excelize reads it and does not say why
		}
		refused(t, name+" with a false size", Input{Body: lying}, cause, 20)
	}
}

func TestZipFilesBeyondTheLimitsAreRefused(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range MaxZipEntries + 1 {
		if _, err := z.Create(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, "many entries", Input{Body: b.Bytes()}, kaisei.CauseLimit, 40)

	inner := zipOf(t, []string{"a.txt"}, map[string][]byte{"a.txt": []byte("本文")})
	one := zipOf(t, []string{"in.zip"}, map[string][]byte{"in.zip": inner})
	two := zipOf(t, []string{"in.zip"}, map[string][]byte{"in.zip": one})
	r, err := (&Extractor{}).Read(context.Background(), Input{Body: one})
	if err != nil || len(r.Blocks) != 1 || strings.Join(r.Blocks[0].Path, "/") != "in.zip/a.txt" {
		t.Errorf("a ZIP file in a ZIP file: %+v, %v", r, err)
	}
	refused(t, "nested", Input{Body: two}, kaisei.CauseLimit, 10)
}

func TestAMemberThatShouldReadAndDoesNotFailsTheBundle(t *testing.T) {
	body := zipOf(t, []string{"一.txt", "二.xml"}, map[string][]byte{"一.txt": []byte("本文"), "二.xml": []byte("<Law><LawBody>")})
	_, err := (&Extractor{}).Read(context.Background(), Input{Body: body})
	if kaisei.CauseOf(err) != kaisei.CauseTruncated || !strings.Contains(err.Error(), "二.xml in the ZIP file") {
		t.Errorf("got %v", err)
	}
}

func TestMemberNamesOfWindowsAreRead(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "\x8e\x91\x97\xbf.txt", NonUTF8: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("本文である。")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := (&Extractor{}).Read(context.Background(), Input{Body: b.Bytes()})
	if err != nil || len(r.Blocks) != 1 || r.Blocks[0].Path[0] != "資料.txt" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestNotesAreBounded(t *testing.T) {
	var n notes
	for i := range 2 * MaxNotes {
		n.add("note %d", i)
		n.add("note %d", i)
	}
	got := boundNotes(n.list)
	if len(got) != MaxNotes || got[MaxNotes-1] != fmt.Sprintf("%d more notes", MaxNotes+1) {
		t.Errorf("%d notes, last %q", len(got), got[len(got)-1])
	}
}

func TestPathLabelsAreCut(t *testing.T) {
	long := strings.Repeat("長", MaxPathLabel+1)
	if got := []rune(label(long)); len(got) != MaxPathLabel || got[len(got)-1] != '…' {
		t.Errorf("%d characters, last %q", len(got), got[len(got)-1])
	}
	if got := label(" 第一章　　総則 "); got != "第一章 総則" {
		t.Errorf("got %q", got)
	}
}

func TestTextsAndArchivesBeyondTheLimitsAreRefused(t *testing.T) {
	for _, mediaType := range []string{"text/plain", "text/csv"} {
		refused(t, mediaType, Input{Body: bytes.Repeat([]byte("a"), MaxText+1), MediaType: mediaType}, kaisei.CauseTooLarge, 1)
	}
	refused(t, "JSON", Input{Body: bytes.Repeat([]byte(" "), MaxText+1), Format: FormatJSON}, kaisei.CauseTooLarge, 1)
	for _, format := range []string{FormatZIP} {
		big := make([]byte, MaxZip+1)
		copy(big, "PK\x03\x04")
		refused(t, format, Input{Body: big}, kaisei.CauseTooLarge, 1)
	}
	refused(t, "XML elements", Input{Body: []byte("<Law>" + strings.Repeat("<a/>", MaxNodes) + "</Law>")}, kaisei.CauseLimit, 400)
	refused(t, "CSV columns", Input{Body: bytes.Repeat([]byte("a,"), MaxColumns+1), MediaType: "text/csv"}, kaisei.CauseLimit, 10)

	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "a.txt", Method: zip.Store, CompressedSize64: 4, UncompressedSize64: MaxZipBytes + 1}
	w, err := z.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("abcd")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, "declared size", Input{Body: b.Bytes()}, kaisei.CauseLimit, 1)

	p, err := openZip(zipOf(t, []string{"a"}, map[string][]byte{"a": []byte("0123456789")}))
	if err != nil {
		t.Fatal(err)
	}
	p.left = 9
	if _, err := p.read("a"); kaisei.CauseOf(err) != kaisei.CauseLimit {
		t.Errorf("more bytes than are left: %v", err)
	}
}

// TestAttackHostileTextTakesLinearTime would run for minutes where lines were joined by copying.
func TestAttackHostileTextTakesLinearTime(t *testing.T) {
	const lines = 200_000
	page := "<!DOCTYPE html><html><body>" + strings.Repeat("a<br>", lines)
	r, err := (&Extractor{}).Read(context.Background(), Input{Body: []byte(page)})
	if err != nil || len(r.Blocks) == 0 {
		t.Errorf("breaks: %v", err)
	}
	doc := `<w:document xmlns:w="w"><w:body>` + strings.Repeat(`<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>`, 150_000) + `</w:body></w:document>`
	r, err = (&Extractor{}).Read(context.Background(), Input{Body: wordFile(t, doc)})
	if err != nil || len(r.Blocks) != 1 {
		t.Errorf("deleted paragraph ends: %d blocks, %v", len(r.Blocks), err)
	}
	same := `{"a":[` + strings.Repeat(`{"id":"x"},`, 100_000) + `{"id":"x"}]}`
	if r, err = (&Extractor{}).Read(context.Background(), Input{Body: []byte(same)}); err != nil || len(r.Blocks) != 100_001 {
		t.Errorf("one key many times: %v", err)
	}
}

// wordFile packs a document without its content being compressible beyond the limit.
func wordFile(t *testing.T, doc string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "word/document.xml", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, doc); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
