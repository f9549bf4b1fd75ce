package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

// maxHostileMemory is what a look at the worst input may take (resident, in KB). The largest body
// that is taken is 64 MB; parsing a page of the largest size read takes several times its bytes.
const maxHostileMemory = 700 << 10

// TestAttackHostileInputEndsInTheLedgerAndTheDaemonGoesOn serves what breaks programs, has one process
// look at all of it, and reads the ledger afterwards.
func TestAttackHostileInputEndsInTheLedgerAndTheDaemonGoesOn(t *testing.T) {
	encrypted, err := os.ReadFile("testdata/hostile/encrypted.pdf")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile("testdata/guideline/guideline-1.1.pdf")
	if err != nil {
		t.Fatal(err)
	}
	page := "<!DOCTYPE html><html lang=ja><title>見本</title><main><h1>通知</h1><p>事業者は記録を保存しなければならない。</p></main>"
	sjis, err := japanese.ShiftJIS.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	put := func(media string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.Write(body)
		}
	}
	cases := []struct {
		name   string
		serve  http.HandlerFunc
		causes []kaisei.Cause // none: the page is read
	}{
		{"truncated-gzip", func(w http.ResponseWriter, _ *http.Request) {
			var z bytes.Buffer
			g := gzip.NewWriter(&z)
			fmt.Fprint(g, strings.Repeat(page, 50))
			g.Close()
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "text/html")
			w.Write(z.Bytes()[:z.Len()/2])
		}, []kaisei.Cause{kaisei.CauseTruncated}},
		{"two-gigabytes", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			chunk := bytes.Repeat([]byte("あ"), 1<<16)
			for sent := 0; sent < 2<<30; sent += len(chunk) {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, []kaisei.Cause{kaisei.CauseTooLarge}},
		{"endless-redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"?n="+r.URL.Query().Get("n")+"1", http.StatusFound)
		}, []kaisei.Cause{kaisei.CauseRedirectLoop}},
		{"wrong-charset-label", put("text/html; charset=UTF-8", []byte(sjis)), nil},
		{"half-a-pdf", put("application/pdf", whole[:len(whole)/2]), []kaisei.Cause{kaisei.CauseDecode, kaisei.CauseTruncated}},
		{"encrypted-pdf", put("application/pdf", encrypted), []kaisei.Cause{kaisei.CauseEncrypted}},
		{"fifty-megabytes-of-html", put("text/html; charset=UTF-8", []byte("<!DOCTYPE html><main>"+strings.Repeat("<div><p>事業者は</p>", 50<<20/24)+"</main>")), []kaisei.Cause{kaisei.CauseTooLarge, kaisei.CauseLimit}},
		{"entity-bomb", put("application/xml", entityBomb()), []kaisei.Cause{kaisei.CauseDecode, kaisei.CauseLimit, kaisei.CauseWrongType}},
		{"zip-bomb-xlsx", put("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zipBomb(t)), []kaisei.Cause{kaisei.CauseLimit, kaisei.CauseTooLarge, kaisei.CauseDecode}},
		{"a-good-page", put("text/html; charset=UTF-8", []byte(page)), nil},
	}
	mux := http.NewServeMux()
	for _, c := range cases {
		mux.HandleFunc("/"+c.name, c.serve)
	}
	site := httptest.NewServer(mux)
	defer site.Close()

	dir := t.TempDir()
	var rows strings.Builder
	rows.WriteString("[authority]\nmihon = { ja = \"見本省\", en = \"Ministry of Samples\" }\n")
	for _, c := range cases {
		fmt.Fprintf(&rows, "\n[[source]]\nid = \"mihon/%s\"\nauthority = \"mihon\"\ntitle = { ja = \"見本\", en = \"Sample\" }\nkind = \"page\"\nurl = \"%s/%s\"\nschedule = \"0 * * * *\"\nlayer = \"news\"\nlanguage = \"ja\"\n", c.name, site.URL, c.name)
	}
	config := "sources_files = [\"hostile.toml\"]\n[fetch]\nallow_private = [\"127.0.0.1/32\"]\n[log]\nlevel = \"error\"\n"
	for name, text := range map[string]string{"hostile.toml": rows.String(), "kaisei.toml": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"check", "--json", "--config", filepath.Join(dir, "kaisei.toml")}
	for _, c := range cases {
		args = append(args, "mihon/"+c.name)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), exe, args...)
	child.Dir = dir
	child.Env = append(os.Environ(), "KAISEI_TEST_RUN=1")
	var stdout, stderr bytes.Buffer
	child.Stdout, child.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := child.Run(); !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		t.Fatalf("check ended with %v, want exit code %d\n%s", err, exitFailed, stderr.String())
	}
	if used := child.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; used > maxHostileMemory && !raceEnabled {
		t.Errorf("looking took %d MB of memory, more than %d", used>>10, maxHostileMemory>>10)
	} else {
		t.Logf("peak memory %d MB", used>>10)
	}
	got := map[string]watch.Report{}
	dec := json.NewDecoder(&stdout)
	for dec.More() {
		var r watch.Report
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		got[r.Source] = r
	}
	for _, c := range cases {
		r, ok := got["mihon/"+c.name]
		if !ok || len(r.Looks) == 0 {
			t.Errorf("%s: nothing in the ledger", c.name)
			continue
		}
		l := r.Looks[0]
		t.Logf("%-24s %-9s %-10s %s", c.name, l.Verdict, l.Cause, l.Detail)
		if len(c.causes) == 0 {
			if l.Verdict != kaisei.VerdictFirst {
				t.Errorf("%s: %s (%s: %s), want it read", c.name, l.Verdict, l.Cause, l.Detail)
			}
			continue
		}
		match := false
		for _, want := range c.causes {
			match = match || l.Cause == want
		}
		if l.Verdict != kaisei.VerdictFailed || !match || l.Detail == "" {
			t.Errorf("%s: %s, cause %s (%s), want failed with one of %v and a reason", c.name, l.Verdict, l.Cause, l.Detail, c.causes)
		}
	}
}

func entityBomb() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE Law [<!ENTITY a "事業者は">`)
	for c := 'b'; c <= 'k'; c++ {
		fmt.Fprintf(&b, `<!ENTITY %c "%s">`, c, strings.Repeat(fmt.Sprintf("&%c;", c-1), 10))
	}
	b.WriteString(`]><Law><LawBody><MainProvision><Article Num="1"><Paragraph Num="1"><ParagraphSentence><Sentence>&k;</Sentence></ParagraphSentence></Paragraph></Article></MainProvision></LawBody></Law>`)
	return []byte(b.String())
}

// zipBomb is a workbook whose sheet is a gigabyte of blanks.
func zipBomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string, blanks int) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		chunk := bytes.Repeat([]byte(" "), 1<<20)
		for range blanks {
			if _, err := w.Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`, 0)
	add("xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="a" sheetId="1"/></sheets></workbook>`, 0)
	add("xl/worksheets/sheet1.xml", `<worksheet><sheetData>`, 1024)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
