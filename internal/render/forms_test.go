package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"

	"kaisei/internal/kaisei"
)

func formsOf(t *testing.T, files map[string]string) *Forms {
	t.Helper()
	f, err := ParseForms(formFiles(files)...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func formFiles(files map[string]string) []FormFile {
	var out []FormFile
	for name, text := range files {
		out = append(out, FormFile{name, "forms/" + name, []byte(text)})
	}
	return out
}

// What is dumped to begin from writes what is sent without it.
func TestTheTemplatesToBeginFromWriteWhatKaiseiWrites(t *testing.T) {
	own := formsOf(t, OwnForms())
	own.Failed = func(name string, err error) { t.Errorf("%s: %v", name, err) }
	for _, lang := range []string{Japanese, English} {
		plain := Options{Lang: lang, Delivery: "d", BaseURL: "https://kaisei.example.jp", Corrections: []string{"c"}, Answered: []string{"a"}}
		formed := plain
		formed.Forms = own
		alerts, err := filepath.Glob("testdata/alert/*.txtar")
		if err != nil || len(alerts) == 0 {
			t.Fatal(err)
		}
		for _, f := range alerts {
			c := sample(t, strings.TrimSuffix(filepath.Base(f), ".txtar"))
			text, page := MailAlert("件名 & <x>", []kaisei.Change{c}, plain)
			gotText, gotPage := MailAlert("件名 & <x>", []kaisei.Change{c}, formed)
			same(t, f+" text", gotText, text)
			same(t, f+" html", gotPage, page)
		}
		digests, err := filepath.Glob("testdata/digest/*.txtar")
		if err != nil || len(digests) == 0 {
			t.Fatal(err)
		}
		full := fullDigest(fullChange(lang, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)), kaisei.Change{ID: "a@2", Title: "題"}, time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC))
		text, page := MailDigest(full, plain)
		gotText, gotPage := MailDigest(full, formed)
		same(t, "full digest, text", gotText, text)
		same(t, "full digest, html", gotPage, page)
		for _, f := range digests {
			a, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var d DigestData
			if err := json.Unmarshal(a.Files[0].Data, &d); err != nil {
				t.Fatal(err)
			}
			text, page := MailDigest(d, plain)
			gotText, gotPage := MailDigest(d, formed)
			same(t, f+" text", gotText, text)
			same(t, f+" html", gotPage, page)
		}
	}
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("%s, line %d:\n got %q\nwant %q", what, i+1, g[i], w[i])
			return
		}
	}
	t.Errorf("%s: %d lines, want %d", what, len(g), len(w))
}

func TestATemplateWithAMistakeIsRefusedWithItsLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{AlertTextForm, "one\n{{.Nothing}}", "forms/alert.txt.tmpl:2:2: executing"},
		{AlertHTMLForm, "<p>\n{{range .Alerts}}{{.Card.Titel}}{{end}}", "forms/alert.html.tmpl:2:"},
		{DigestHTMLForm, "{{if .Waiting}}", "forms/digest.html.tmpl:1: unexpected EOF"},
		{DigestTextForm, "{{(index .Layers 0).Name}}", `"digest, empty, en"`},
		{AlertTextForm, "{{unknown}}", `forms/alert.txt.tmpl:1: function "unknown" not defined`},
		{AlertTextForm, "{{/* nothing */}}", "is empty"},
		{DigestTextForm, "{{if .Waiting}}x{{end}}", "it writes nothing"},
		{"digests.html.tmpl", "x", "is not the name of a form: they are alert.html.tmpl, alert.txt.tmpl, digest.html.tmpl, digest.txt.tmpl"},
		{AlertHTMLForm, "<a href='{{.Subject}}", "ends in a non-text context"},
		{AlertTextForm, strings.Repeat("x", MaxForm+1), "are allowed"},
		{AlertTextForm, `{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}`, "exceeded maximum template depth"},
	} {
		_, err := ParseForms(FormFile{c.name, "forms/" + c.name, []byte(c.text)})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.HasPrefix(err.Error(), "template:") {
			t.Errorf("%.40q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestATemplateThatFailsOnAMessageLosesNone(t *testing.T) {
	f := formsOf(t, map[string]string{
		AlertTextForm:  `{{range .Alerts}}{{if eq .Card.Title "毒"}}{{.Card.Title.X}}{{end}}ok{{end}}`,
		DigestTextForm: `{{range .Layers}}{{range .Entries}}{{if eq .Card.Title "毒"}}{{index .Card.Links 9}}{{end}}{{end}}{{end}}ok`,
	})
	var failed []string
	f.Failed = func(name string, err error) { failed = append(failed, fmt.Sprint(name, ": ", err)) }
	c := kaisei.Change{ID: "a@2", Title: "毒"}
	text, page := MailAlert("s", []kaisei.Change{c}, Options{Forms: f})
	if text != Alert(c, Options{})+"\n" || !strings.Contains(page, "毒") {
		t.Errorf("%q", text)
	}
	text, _ = MailDigest(DigestData{Changes: []kaisei.Change{c}}, Options{Forms: f})
	if !strings.Contains(text, "毒") {
		t.Errorf("%q", text)
	}
	if len(failed) != 2 || !strings.HasPrefix(failed[0], AlertTextForm+": ") || !strings.HasPrefix(failed[1], DigestTextForm+": ") {
		t.Errorf("%q", failed)
	}
	c.Title = "題"
	if text, _ = MailAlert("s", []kaisei.Change{c}, Options{Forms: f}); text != "ok" {
		t.Errorf("%q", text)
	}
}

func TestTheTextOfAPageBringsNoMarkupIntoATemplate(t *testing.T) {
	f := formsOf(t, map[string]string{AlertHTMLForm: `<p title="{{.Subject}}">{{range .Alerts}}{{.Card.Title}}{{range .Card.Links}}<a href="{{.URL}}">{{.Text}}</a>{{end}}{{end}}</p>`})
	c := kaisei.Change{ID: "a@2", Title: `<script>alert(1)</script>`, URL: "javascript:alert(1)"}
	_, page := MailAlert(`"><img src=x>`, []kaisei.Change{c}, Options{Forms: f})
	if strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, "javascript:") {
		t.Error(page)
	}
}

func TestWhatATemplateWritesIsBounded(t *testing.T) {
	f := formsOf(t, map[string]string{AlertTextForm: `{{define "a"}}` + strings.Repeat("x", 200<<10) + `{{end}}{{range .Alerts}}{{range .Card.Notes}}{{template "a"}}{{end}}{{end}}ok`})
	var failed error
	f.Failed = func(_ string, err error) { failed = err }
	c := kaisei.Change{ID: "a@2", Title: "題", Notes: []kaisei.Text{{JA: "注"}, {JA: "記"}}}
	many := make([]kaisei.Change, MaxFormed/(400<<10)+1)
	for i := range many {
		many[i] = c
	}
	if text, _ := MailAlert("s", many, Options{Forms: f}); failed == nil || !strings.Contains(failed.Error(), "writes more than") || strings.Contains(text, "xxx") {
		t.Errorf("%v, %d bytes", failed, len(text))
	}
}

// docs/templates.md names every field that a template may use.
// waiting is a template that does not end before it is let go.
type waiting struct {
	begun atomic.Int32
	let   chan struct{}
	wrote error
}

func (x *waiting) Execute(w io.Writer, _ any) error {
	x.begun.Add(1)
	<-x.let
	_, x.wrote = io.WriteString(w, "late")
	return x.wrote
}

func TestATemplateThatDoesNotEndIsLeftAndNotBegunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := &waiting{let: make(chan struct{})}
		var failed []error
		f := &Forms{forms: map[string]form{AlertTextForm: x}, Failed: func(_ string, err error) { failed = append(failed, err) }}
		c, start := kaisei.Change{ID: "a@2", Title: "題"}, time.Now()
		for range 2 {
			if text, _ := MailAlert("s", []kaisei.Change{c}, Options{Forms: f}); text != Alert(c, Options{})+"\n" {
				t.Errorf("%q", text)
			}
		}
		if took := time.Since(start); took != MaxForming || x.begun.Load() != 1 || len(failed) != 1 || !errors.Is(failed[0], errForming) {
			t.Errorf("begun %d times, %v, after %s", x.begun.Load(), failed, took)
		}
		close(x.let)
		synctest.Wait()
		if x.wrote == nil {
			t.Error("what comes too late was taken")
		}
	})
}

func TestEveryFieldOfAFormIsDocumented(t *testing.T) {
	b, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Anonymous {
				walk(f.Type)
				continue
			}
			if !f.IsExported() {
				continue
			}
			if !strings.Contains(doc, "`"+f.Name+"`") {
				t.Errorf("%s.%s is not in docs/templates.md", typ, f.Name)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[AlertMail]())
	walk(reflect.TypeFor[DigestForm]())
	for name := range funcs() {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("the function %s is not in docs/templates.md", name)
		}
	}
}
