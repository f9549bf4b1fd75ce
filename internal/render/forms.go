package render

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	texttemplate "text/template"
	"text/template/parse"
	"time"

	"kaisei/internal/kaisei"
)

// The forms of mail that the operator may write anew, by the names of their files.
const (
	AlertHTMLForm  = "alert.html.tmpl"
	AlertTextForm  = "alert.txt.tmpl"
	DigestHTMLForm = "digest.html.tmpl"
	DigestTextForm = "digest.txt.tmpl"
)

const (
	// MaxForm is how many bytes a template of the operator's may have.
	MaxForm = 256 << 10
	// MaxFormed is how many bytes one may write; the largest digest of our own has a quarter of it.
	MaxFormed = 8 << 20
	// MaxForming is how long one may take over a message; a digest of hundreds of changes takes a fraction of a second.
	MaxForming = 5 * time.Second
)

// errForming is what becomes of a template that does not end.
var errForming = fmt.Errorf("it takes longer than %s: does it go round without end?", MaxForming)

// FormNames are the names of the forms, in order.
func FormNames() []string {
	return []string{AlertHTMLForm, AlertTextForm, DigestHTMLForm, DigestTextForm}
}

// AlertMail is what the templates of alerts are given.
type AlertMail struct {
	Lang, Subject string
	// Alerts are the changes that the mail tells of; mostly one.
	Alerts []AlertForm
}

// Forms are templates of the operator's for mail. A nil Forms has none.
type Forms struct {
	forms map[string]form
	// endless are the names of those that did not end. A template cannot be stopped, and is not begun again.
	endless sync.Map
	// Failed is told of a template that failed on a message, which the form of kaisei's own then replaced; nil
	// tells nobody.
	Failed func(name string, err error)
}

// form is what html/template and text/template have in common.
type form interface {
	Execute(w io.Writer, data any) error
}

// FormFile is a template of the operator's: the path to name it by, and its text.
type FormFile struct {
	Name, Path string
	Data       []byte
}

// ParseForms reads templates and tries each on samples in both languages, an empty digest among them. All
// faults come back joined, with file and line.
func ParseForms(files ...FormFile) (*Forms, error) {
	f := &Forms{forms: map[string]form{}}
	var faults []error
	for _, file := range files {
		t, err := file.parse()
		if err == nil {
			f.forms[file.Name] = t
			if err = f.try(file.Name); err != nil && !strings.Contains(err.Error(), file.Path) {
				err = fmt.Errorf("%s: %w", file.Path, err)
			}
		}
		if err != nil {
			faults = append(faults, errors.New(strings.TrimPrefix(err.Error(), "template: ")))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return f, nil
}

// funcs are what templates may call beside what Go gives them.
func funcs() map[string]any {
	return map[string]any{
		// marked writes the words of a difference with the marks [-old-]{+new+}.
		"marked": func(spans []kaisei.Span) string { return new(printer).marked(spans) },
		// join writes a list with something between its parts.
		"join": strings.Join,
		// mailhead is the head of a page but for its title: character set, dark screens, phones.
		"mailhead": mailHead,
	}
}

func (file FormFile) parse() (form, error) {
	switch {
	case !slices.Contains(FormNames(), file.Name):
		return nil, fmt.Errorf("%s: is not the name of a form: they are %s", file.Path, strings.Join(FormNames(), ", "))
	case len(file.Data) > MaxForm:
		return nil, fmt.Errorf("%s: has %d bytes; %d are allowed", file.Path, len(file.Data), MaxForm)
	}
	var tree *parse.Tree
	var t form
	if strings.HasSuffix(file.Name, ".html.tmpl") {
		h, err := template.New(file.Path).Funcs(funcs()).Option("missingkey=error").Parse(string(file.Data))
		if err != nil {
			return nil, err
		}
		t, tree = h, h.Tree
	} else {
		x, err := texttemplate.New(file.Path).Funcs(funcs()).Option("missingkey=error").Parse(string(file.Data))
		if err != nil {
			return nil, err
		}
		t, tree = x, x.Tree
	}
	if tree == nil || parse.IsEmptyTree(tree.Root) {
		return nil, fmt.Errorf("%s: is empty: nothing would be sent", file.Path)
	}
	return t, nil
}

// write executes a form within bounds.
func write(t form, data any) (string, error) {
	w := &capped{left: MaxFormed}
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				ended <- fmt.Errorf("internal error: %v", p)
			}
		}()
		ended <- t.Execute(w, data)
	}()
	late := time.NewTimer(MaxForming)
	defer late.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return "", err
		}
	case <-late.C:
		w.late.Store(true)
		return "", errForming
	}
	if strings.TrimSpace(w.written.String()) == "" {
		return "", errors.New("it writes nothing")
	}
	return strings.TrimLeft(w.written.String(), "\n"), nil
}

// capped collects what a template writes, until it is too much or too late.
type capped struct {
	written bytes.Buffer
	left    int
	late    atomic.Bool
}

// Write implements io.Writer.
func (b *capped) Write(p []byte) (int, error) {
	if b.late.Load() {
		return 0, errForming
	}
	if b.left -= len(p); b.left < 0 {
		return 0, fmt.Errorf("it writes more than %d bytes", MaxFormed)
	}
	return b.written.Write(p)
}

// fill writes a form on data, or what ours writes where there is none or it fails: no message is lost for a
// template.
func (f *Forms) fill(name string, data any, ours func() string) string {
	if f == nil || f.forms[name] == nil {
		return ours()
	}
	if _, stuck := f.endless.Load(name); stuck {
		return ours()
	}
	s, err := write(f.forms[name], data)
	if err != nil {
		if errors.Is(err, errForming) {
			f.endless.Store(name, true)
		}
		if f.Failed != nil {
			f.Failed(name, err)
		}
		return ours()
	}
	return s
}

// Has reports whether the operator has written a form.
func (f *Forms) Has(name string) bool { return f != nil && f.forms[name] != nil }

// MailAlert writes changes as the text and the HTML of a mail, by the operator's templates where there are any.
func MailAlert(subject string, changes []kaisei.Change, o Options) (text, html string) {
	data := AlertMail{Lang: o.lang().ID(), Subject: Clean(subject)}
	for _, c := range changes {
		data.Alerts = append(data.Alerts, alertForm(c, o))
	}
	text = o.Forms.fill(AlertTextForm, data, func() string {
		var s string
		for _, c := range changes {
			s += Alert(c, o) + "\n"
		}
		return s
	})
	html = o.Forms.fill(AlertHTMLForm, data, func() string {
		var body string
		for _, c := range changes {
			body += AlertHTML(c, o)
		}
		return Document(subject, body, o)
	})
	return text, html
}

// MailDigest writes a digest as the text and the HTML of a mail, by the operator's templates where there are any.
func MailDigest(d DigestData, o Options) (text, html string) {
	i := newIssue(d, o)
	data := i.form()
	return o.Forms.fill(DigestTextForm, data, func() string { return i.text(o) }), o.Forms.fill(DigestHTMLForm, data, i.html)
}

//go:embed forms/alert.txt.tmpl
var alertText string

//go:embed forms/digest.txt.tmpl
var digestText string

// OwnForms are templates that write what kaisei's own forms write, to begin from. Those of HTML are its own.
func OwnForms() map[string]string {
	page := strings.NewReplacer("{{.Title}}", "{{.Subject}}", "{{.Body}}", "{{range .Alerts}}{{template \"alert\" .}}{{end}}").Replace(documentHTML)
	return map[string]string{
		AlertHTMLForm: spansHTML + "\n" + cardHTML + "\n{{define \"alert\"}}" + alertHTML + "{{end -}}\n" + page,
		AlertTextForm: alertText, DigestHTMLForm: digestHTML, DigestTextForm: digestText,
	}
}

// try executes a form on every sample.
func (f *Forms) try(name string) error {
	samples := formSamples()
	for _, key := range slices.Sorted(maps.Keys(samples)) {
		if strings.HasPrefix(key, strings.SplitN(name, ".", 2)[0]) {
			if _, err := write(f.forms[name], samples[key]); err != nil {
				return fmt.Errorf("%w (tried on the sample %q)", err, key)
			}
		}
	}
	return nil
}
