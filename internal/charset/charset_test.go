package charset

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"kaisei/internal/kaisei"
)

const prose = "人工知能関連技術の研究開発及び活用の推進に関する法律（令和七年法律第五十三号）。AI事業者は、リスクに応じた対策を講ずることが求められる。"

func encode(t testing.TB, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func page(meta, text string) string {
	return "<!doctype html>\n<html><head>" + meta + "<title>" + text + "</title></head><body><p>" + text + "</p></body></html>"
}

func TestDecodeFindsTheEncodingOfJapanesePages(t *testing.T) {
	sjis, euc, jis := japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP
	far := strings.Repeat("<!-- navigation -->\n", 100) // nothing but ASCII in the first 2,000 bytes
	for name, c := range map[string]struct {
		enc               encoding.Encoding
		text, header, say string
		want              string
	}{
		// The thirteen cases of which x/net/html/charset gets four.
		"shift_jis by meta":                   {sjis, page(`<meta charset="Shift_JIS">`, prose), "text/html", "", ShiftJIS},
		"euc-jp by http-equiv":                {euc, page(`<meta http-equiv="Content-Type" content="text/html; charset=euc-jp">`, prose), "text/html", "", EUCJP},
		"iso-2022-jp by meta":                 {jis, page(`<meta charset=iso-2022-jp>`, prose), "text/html", "", ISO2022JP},
		"utf-8 without a word":                {nil, page("", prose), "text/html", "", UTF8},
		"shift_jis without a word":            {sjis, page("", prose), "text/html", "", ShiftJIS},
		"euc-jp without a word":               {euc, page("", prose), "", "", EUCJP},
		"iso-2022-jp without a word":          {jis, page("", prose), "", "", ISO2022JP},
		"header says utf-8, meta is right":    {sjis, page(`<meta charset="Shift_JIS">`, prose), "text/html; charset=UTF-8", "", ShiftJIS},
		"header says latin-1, meta is right":  {sjis, page(`<meta charset="Shift_JIS">`, prose), "text/html; charset=ISO-8859-1", "", ShiftJIS},
		"utf-8 whose meta says shift_jis":     {nil, page(`<meta charset="Shift_JIS">`, prose), "text/html", "", UTF8},
		"utf-8 whose header says shift_jis":   {nil, page("", prose), "text/html; charset=Shift_JIS", "", UTF8},
		"meta after the first kilobyte":       {euc, page(far+`<meta charset="EUC-JP">`, prose), "text/html", "", EUCJP},
		"utf-8 far behind the first kilobyte": {nil, page(far, prose), "text/html", "", UTF8},

		"euc-jp whose meta says shift_jis":    {euc, page(`<meta charset="Shift_JIS">`, prose), "", "", EUCJP},
		"shift_jis whose meta says euc-jp":    {sjis, page(`<meta charset="EUC-JP">`, prose), "", "", ShiftJIS},
		"euc-jp that passes for half-width":   {euc, page(`<meta charset="Shift_JIS">`, "このこととなったことについて"), "", "", EUCJP},
		"shift_jis said to be gbk":            {sjis, page("", prose), "text/html; charset=gbk", "", ShiftJIS},
		"euc-jp said to be latin-1":           {euc, page("", prose), "text/html; charset=iso-8859-1", "", EUCJP},
		"shift_jis by the XML declaration":    {sjis, `<?xml version="1.0" encoding='Windows-31J'?><a>` + prose + `</a>`, "application/xml", "", ShiftJIS},
		"shift_jis by the catalogue's hint":   {sjis, "改正", "text/plain", "cp932", ShiftJIS},
		"euc-jp by the catalogue's hint":      {euc, "改正", "text/plain", "eucJP-win", EUCJP},
		"header in single quotes":             {sjis, "改正", "text/plain; charset='Shift_JIS'", "", ShiftJIS},
		"NEC and IBM characters":              {sjis, page("", "①②㈱髙﨑№㍻ 令和８年、第Ⅱ期を定める。"), "", "", ShiftJIS},
		"half-width katakana with prose":      {sjis, page("", "ﾎｰﾑﾍﾟｰｼﾞのお知らせ（ﾃﾞｼﾞﾀﾙ庁）を更新しました。"), "", "", ShiftJIS},
		"half-width katakana alone, labelled": {sjis, page(`<meta charset="x-sjis">`, "ｱｲｳｴｵｶｷｸ"), "", "", ShiftJIS},
		"half-width katakana in euc-jp":       {euc, page("", "ﾎｰﾑﾍﾟｰｼﾞのお知らせ（ﾃﾞｼﾞﾀﾙ庁）を更新しました。"), "", "", EUCJP},
		"kanji only, shift_jis":               {sjis, page("", "個人情報保護委員会事務局"), "", "", ShiftJIS},
		"kanji only, euc-jp":                  {euc, page("", "個人情報保護委員会事務局"), "", "", EUCJP},
		"kanji only, a wrong label":           {euc, page("", "個人情報保護委員会事務局"), "text/html; charset=Shift_JIS", "", EUCJP},
		"French without a word":               {charmap.Windows1252, "L'intégrité des données à caractère personnel – où l'été naît", "", "", Windows1252},
		"German without a word":               {charmap.Windows1252, "Maßnahmen für künstliche Intelligenz; Größe, Übermäßigkeit", "", "", Windows1252},
		"a copyright sign in latin-1":         {charmap.Windows1252, page("", "© 2026 Ministry"), "", "", Windows1252},
		"French said to be latin-9":           {charmap.ISO8859_15, "Coût : 10 € à l'été, élève, œuvre", "text/html; charset=ISO-8859-15", "", "iso-8859-15"},
		"Chinese by header":                   {simplifiedchinese.GBK, page("", "人工智能生成合成内容标识办法"), "text/html; charset=gb2312", "", "gbk"},
		"Russian by header":                   {charmap.KOI8R, page("", "Искусственный интеллект"), "text/html; charset=koi8-r", "", "koi8-r"},
		"ASCII":                               {nil, page("", "AI Act"), "text/html; charset=Shift_JIS", "", UTF8},
		"an unknown label":                    {sjis, page(`<meta charset="nonsense">`, prose), "", "also-nonsense", ShiftJIS},
		"utf-16 with a mark":                  {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), page("", prose), "", "", UTF16LE},
		"utf-16 big-endian with a mark":       {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), page("", prose), "", "", UTF16BE},
		"utf-16 without a mark":               {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), page(far, prose), "", "", UTF16LE},
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(c.text)
			if c.enc != nil {
				body = encode(t, c.enc, c.text)
			}
			text, got, err := Decode(body, c.header, c.say)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("encoding is %s, want %s", got, c.want)
			}
			if string(text) != c.text {
				t.Errorf("text is\n%s\nwant\n%s", text, c.text)
			}
		})
	}
}

func TestDecodeReadsCodePage932NotJISX0208(t *testing.T) {
	for bytes, want := range map[string]string{
		"\x81\x60": "～", "\x81\x7C": "－", "\x87\x40": "①", "\x87\x8A": "㈱",
		"\xFB\xFC": "髙", "\xED\x95": "﨑", "\xEE\xE0": "髙", "\\": "\\",
	} {
		text, _, err := Decode([]byte(bytes+"\x82\xA0"), "text/plain; charset=shift_jis", "")
		if err != nil || string(text) != want+"あ" {
			t.Errorf("% x is %q (%v), want %q", bytes, text, err, want)
		}
	}
}

func TestDecodeKeepsTextWithSingleDamagedCharacters(t *testing.T) {
	long := strings.Repeat(prose, 3)
	cut := func(b []byte) []byte { return b[:len(b)-1] }
	spoil := func(b []byte) []byte { // one character loses its first byte, in the middle of a word
		i := bytes.IndexByte(b, 0x80|b[0]&0x7F) // b begins with 人
		return append(bytes.Clone(b[:i]), b[i+1:]...)
	}
	for name, c := range map[string]struct {
		body  []byte
		label string
		want  string
	}{
		"utf-8 cut at the end":               {cut([]byte(long)[:len(prose)-3]), "", UTF8},
		"utf-8 broken in the middle":         {spoil([]byte(long)), "", UTF8},
		"utf-8 broken, said to be shift_jis": {spoil([]byte(long)), "text/html; charset=shift_jis", UTF8},
		"shift_jis cut at the end":           {cut(encode(t, japanese.ShiftJIS, long+"る")), "", ShiftJIS},
		"shift_jis cut at the end, labelled": {cut(encode(t, japanese.ShiftJIS, long+"る")), "text/html; charset=shift_jis", ShiftJIS},
		"shift_jis broken, labelled":         {append(encode(t, japanese.ShiftJIS, long), "\xFF\x82\x20"...), "text/html; charset=shift_jis", ShiftJIS},
		"shift_jis broken, unlabelled":       {append(encode(t, japanese.ShiftJIS, long), "\xFF\x82\x20"...), "", ShiftJIS},
		"shift_jis gaiji, labelled":          {append(encode(t, japanese.ShiftJIS, long), "\xF0\x40"...), "text/html; charset=shift_jis", ShiftJIS},
		"euc-jp cut at the end":              {cut(encode(t, japanese.EUCJP, long+"る")), "", EUCJP},
		"euc-jp broken":                      {append(encode(t, japanese.EUCJP, long), "\xA4 "...), "", EUCJP},
		"a mark, then damage":                {append([]byte("\xEF\xBB\xBF"+long), 0xFF), "", UTF8},
		"little UTF-8, much damage":          {[]byte("日本\xFF語"), "", UTF8},
	} {
		t.Run(name, func(t *testing.T) {
			text, got, err := Decode(c.body, c.label, "")
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("encoding is %s, want %s: %s", got, c.want, text)
			}
			n := strings.Count(string(text), "\uFFFD")
			if n == 0 || n > 3 || !utf8.Valid(text) {
				t.Errorf("%d damaged characters in %s", n, text)
			}
		})
	}
}

func TestDecodeTakesTheMarkOffAndKeepsEverythingElse(t *testing.T) {
	text, name, err := Decode([]byte("\xEF\xBB\xBF改正\r\n\tAI\r"), "text/plain; charset=shift_jis", "euc-jp")
	if err != nil || name != UTF8 || string(text) != "改正\r\n\tAI\r" {
		t.Errorf("%q, %s, %v", text, name, err)
	}
	if text, name, err := Decode(nil, "", ""); err != nil || name != UTF8 || len(text) != 0 {
		t.Errorf("empty body: %q, %s, %v", text, name, err)
	}
}

func TestDecodeRefusesWhatIsNoText(t *testing.T) {
	noise := make([]byte, 4096)
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	for name, body := range map[string][]byte{
		"noise":  noise,
		"zeros":  make([]byte, 1000),
		"a PDF":  []byte("%PDF-1.7\n1 0 obj << /Title (only ASCII) >>"),
		"a ZIP":  []byte("PK\x03\x04........................"),
		"a PNG":  append([]byte("\x89PNG\r\n\x1a\n"), noise...),
		"a JPEG": append([]byte("\xFF\xD8\xFF\xE0"), noise...),
		"a mark": append([]byte("\xFF\xFE"), noise...),
	} {
		_, _, err := Decode(body, "text/html; charset=shift_jis", "")
		var f *kaisei.Fault
		if !errors.As(err, &f) || f.Cause != kaisei.CauseDecode || f.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	stray := page("", prose) + "\x00\x01"
	if text, name, err := Decode([]byte(stray), "", ""); err != nil || name != UTF8 || string(text) != stray {
		t.Errorf("two stray control characters: %s, %v", name, err)
	}
}

func TestDecodeReadsFiftyMegabytesInBoundedTime(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	text := strings.Repeat(page("", prose), (50<<20)/len(page("", prose)))
	for _, enc := range []encoding.Encoding{japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP} {
		got, _, err := Decode(encode(t, enc, text), "text/html; charset=utf-8", "")
		if err != nil || string(got) != text {
			t.Errorf("%v: %d bytes, %v", enc, len(got), err)
		}
	}
}

func TestDecodeOfHostileBytesIsLinear(t *testing.T) {
	for name, unit := range map[string]string{
		"escapes": "\x1b$B\x1b(B", "leads": "\xE3", "half a mark": "\xEF\xBB", "metas": "<meta ", "cut": "\xF0\x9F\x98",
	} {
		body := []byte(strings.Repeat(unit, (8<<20)/len(unit)))
		if _, _, err := Decode(body, unit, unit); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUTF8XMLRewritesTheDeclarationOnly(t *testing.T) {
	feed := func(enc string) string {
		return `<?xml version="1.0" encoding=` + enc + ` standalone="yes"?>` + "\n<rdf encoding=\"Shift_JIS\">" + prose + `</rdf>`
	}
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"shift_jis":                 {encode(t, japanese.ShiftJIS, feed(`"Shift_JIS"`)), feed(`"UTF-8"`)},
		"euc-jp":                    {encode(t, japanese.EUCJP, feed(`'EUC-JP'`)), feed(`'UTF-8'`)},
		"iso-2022-jp":               {encode(t, japanese.ISO2022JP, feed(`"ISO-2022-JP"`)), feed(`"UTF-8"`)},
		"shift_jis declared utf-8":  {encode(t, japanese.ShiftJIS, feed(`"utf-8"`)), feed(`"UTF-8"`)},
		"utf-8 declared shift_jis":  {[]byte(feed(`"Shift_JIS"`)), feed(`"UTF-8"`)},
		"a mark and a blank line":   {[]byte("\xEF\xBB\xBF\n" + feed(`"Shift_JIS"`)), "\n" + feed(`"UTF-8"`)},
		"no declaration":            {encode(t, japanese.ShiftJIS, `<rss>`+prose+`</rss>`), `<rss>` + prose + `</rss>`},
		"a declaration without one": {[]byte(`<?xml version="1.0"?><a encoding="Shift_JIS"/>`), `<?xml version="1.0"?><a encoding="Shift_JIS"/>`},
	} {
		before := bytes.Clone(c.body)
		got, err := UTF8XML(c.body, "application/xml", "")
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, c.want)
		}
		if !bytes.Equal(before, c.body) {
			t.Errorf("%s: the body itself was altered", name)
		}
	}
	if _, err := UTF8XML([]byte("PK\x03\x04"), "", ""); kaisei.CauseOf(err) != kaisei.CauseDecode {
		t.Errorf("a ZIP as XML: %v", err)
	}
}

// TestDecodeReadsEveryRealPage re-encodes every UTF-8 page of the corpus and expects it
// back from the bytes alone.
func TestDecodeReadsEveryRealPage(t *testing.T) {
	root := corpus(t)
	n := 0
	err := filepath.WalkDir(filepath.Join(root, "html"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(filepath.Ext(path), "htm") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, name, err := Decode(body, "", "")
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		n++
		if strings.Contains(string(text), "\uFFFD") {
			t.Errorf("%s: read as %s with damage", path, name)
		}
		for _, enc := range []encoding.Encoding{japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP} {
			again, err := enc.NewEncoder().Bytes(text)
			if err != nil {
				continue // a character that the encoding lacks
			}
			want, err := enc.NewDecoder().Bytes(again)
			if err != nil {
				return err
			}
			for _, label := range []string{"", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"} {
				got, name, err := Decode(again, label, "")
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s in %v, header %q: read as %s (%v)", path, enc, label, name, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pages", n)
}

func corpus(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	root := filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	return root
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(page("", prose)), "text/html; charset=utf-8", "cp932")
	f.Add(encode(f, japanese.ShiftJIS, prose), "", "")
	f.Add(encode(f, japanese.EUCJP, prose), "charset=shift_jis", "")
	f.Add(encode(f, japanese.ISO2022JP, prose), "", "")
	f.Add([]byte("\xFF\xFE0B\x00"), "", "utf-16")
	f.Add([]byte("<?xml version='1.0' encoding='EUC-JP'?>\x8F\xA1\xA1\x8E"), "", "gbk")
	f.Fuzz(func(t *testing.T, body []byte, header, hint string) {
		before := bytes.Clone(body)
		text, name, err := Decode(body, header, hint)
		if !bytes.Equal(before, body) {
			t.Fatal("the body was altered")
		}
		if err != nil {
			if kaisei.CauseOf(err) != kaisei.CauseDecode {
				t.Fatal(err)
			}
			return
		}
		if name == "" || !utf8.Valid(text) {
			t.Fatalf("%s: %q", name, text)
		}
		if utf8.Valid(body) && name == UTF8 && !bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")) && !bytes.Equal(text, body) {
			t.Fatalf("UTF-8 was changed to %q", text)
		}
		if _, err := UTF8XML(body, header, hint); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	text := strings.Repeat(page("", prose), (1<<20)/len(page("", prose)))
	for name, enc := range map[string]encoding.Encoding{"utf-8": nil, "shift_jis": japanese.ShiftJIS, "euc-jp": japanese.EUCJP, "iso-2022-jp": japanese.ISO2022JP} {
		b.Run(name, func(b *testing.B) {
			body := []byte(text)
			if enc != nil {
				body = encode(b, enc, text)
			}
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Decode(body, "text/html", ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
