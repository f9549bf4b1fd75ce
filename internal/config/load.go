package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Problem is one thing wrong with a configuration file.
type Problem struct {
	File string `json:"file"`
	// Row and Column count from 1; 0 where the problem has no place of its own.
	Row    int `json:"row"`
	Column int `json:"column"`
	// Key is the dotted key, channels with their number from 1: channel[2].min_severity.
	Key     string `json:"key"`
	Message string `json:"message"`
}

// Error implements error: file:row:column: key: message.
func (p Problem) Error() string {
	s := p.File
	if p.Row > 0 {
		s += ":" + strconv.Itoa(p.Row) + ":" + strconv.Itoa(p.Column)
	}
	if p.Key != "" {
		s += ": " + p.Key
	}
	return s + ": " + p.Message
}

// Problems is all that is wrong with a configuration file, in the order of the file.
type Problems []Problem

// Error implements error, a line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Check notes what is wrong with a configuration that this package cannot know: whether the words of
// rules and catalogue exist. It calls problem with the key, as Problem has it, and what is wrong.
type Check func(c Config, problem func(key, format string, args ...any))

// Load reads the file at path over the defaults. What is wrong with its content comes back
// as Problems, those of the checks among them, all at once; what is wrong with reading it as any
// other error.
func Load(path string, checks ...Check) (Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	if len(b) > MaxFile {
		return Config{}, Problems{{File: path, Message: fmt.Sprintf("is larger than %s", Size(MaxFile))}}
	}
	return parse(b, path, checks...)
}

// maxProblems ends the search for more: who has fifty has the wrong file.
const maxProblems = 50

// parse is Load after the reading; paths are relative to the folder of name.
func parse(b []byte, name string, checks ...Check) (Config, error) {
	r := reading{file: name, at: map[string]position{}, untyped: map[string]bool{}}
	if !r.index(b) {
		return Config{}, r.problems
	}
	c := r.decode(b)
	r.complete(&c)
	r.validate(&c)
	for _, check := range checks {
		check(c, r.problem)
	}
	if len(r.problems) == 0 {
		return c, nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
	return Config{}, r.problems[:min(len(r.problems), maxProblems)]
}

// reading is one configuration file being read.
type reading struct {
	file string
	// at is where each key stands, by its dotted name as Problem has it.
	at map[string]position
	// untyped are the keys whose values could not be read, which are not judged as well.
	untyped  map[string]bool
	problems Problems
}

type position struct{ row, column int }

// problem notes what is wrong with key. A key that is not in the file is shown at the
// table that it belongs to.
func (r *reading) problem(key, format string, args ...any) {
	p, ok := r.at[key]
	for table := key; !ok && table != ""; {
		if rest, numbered := strings.CutSuffix(table, "]"); numbered {
			table = rest[:strings.LastIndexByte(rest, '[')]
		} else {
			table, _, _ = cutLast(table)
		}
		p, ok = r.at[table]
	}
	if r.untyped[key] {
		return
	}
	r.problems = append(r.problems, Problem{r.file, p.row, p.column, key, fmt.Sprintf(format, args...)})
}

func cutLast(key string) (table, last string, ok bool) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", key, false
	}
	return key[:i], key[i+1:], true
}

// index finds where every key stands. It reports false, with the problem noted, for a
// file that is not TOML.
func (r *reading) index(b []byte) bool {
	var p unstable.Parser
	p.Reset(b)
	table, count := "", map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		var parts []string
		var first unstable.Range
		for it := e.Key(); it.Next(); {
			n := it.Node()
			if len(parts) == 0 {
				first = p.Range(n.Data)
				if n.Raw.Length > 0 {
					first = n.Raw
				}
			}
			parts = append(parts, string(n.Data))
		}
		key := strings.Join(parts, ".")
		switch e.Kind {
		case unstable.ArrayTable:
			key = numbered(parts, count)
			count[key]++
			table = fmt.Sprintf("%s[%d]", key, count[key])
			key = table
		case unstable.Table:
			key = numbered(parts, count)
			table = key
		case unstable.KeyValue:
			if table != "" {
				key = table + "." + key
			}
		default:
			continue
		}
		s := p.Shape(first).Start
		r.at[key] = position{s.Line, s.Column}
	}
	if p.Error() == nil {
		return true
	}
	// The decoder says where; the parser only what.
	var syntax *toml.DecodeError
	if err := toml.Unmarshal(b, &map[string]any{}); errors.As(err, &syntax) {
		row, column := syntax.Position()
		r.problems = append(r.problems, Problem{r.file, row, column, "", "is not TOML: " + plainError(syntax)})
	} else {
		r.problems = append(r.problems, Problem{File: r.file, Message: "is not TOML"})
	}
	return false
}

// numbered is the dotted key of a table header, in which each array that it passes through stands with
// the number of its last element so far: [[route.route]] adds to the routes below the last route.
func numbered(parts []string, count map[string]int) string {
	key := parts[0]
	for _, p := range parts[1:] {
		if n := count[key]; n > 0 {
			key = fmt.Sprintf("%s[%d]", key, n)
		}
		key += "." + p
	}
	return key
}

// decode reads the file over the defaults. The decoder stops at the first value of the
// wrong type; that line is then left out and the rest read again, so that the next is found too.
func (r *reading) decode(b []byte) Config {
	for range maxProblems {
		c := Default()
		c.Channels = nil
		d := toml.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		err := d.Decode(&c)
		var unknown *toml.StrictMissingError
		var wrong *toml.DecodeError
		switch {
		case err == nil:
			return c
		case errors.As(err, &unknown):
			for _, e := range unknown.Errors {
				row, column := e.Position()
				key := cmp.Or(r.keyAt(row, column), strings.Join(e.Key(), "."))
				r.problems = append(r.problems, Problem{r.file, row, column, key, "is not a known key" + suggest(key)})
			}
			return c
		case !errors.As(err, &wrong):
			r.problems = append(r.problems, Problem{File: r.file, Message: err.Error()})
			return c
		}
		row, column := wrong.Position()
		key := r.keyAt(row, 0)
		r.problems = append(r.problems, Problem{r.file, row, column, key, plainError(wrong)})
		r.untyped[key] = true
		var ok bool
		if b, ok = without(b, row); !ok {
			return c
		}
	}
	return Default()
}

// keyAt returns the key that stands on a row, in the given column where that is not 0, or "".
func (r *reading) keyAt(row, column int) string {
	for k, p := range r.at {
		if p.row == row && (column == 0 || p.column == column) {
			return k
		}
	}
	return ""
}

// plainError is the decoder's message without its prefix and without an excerpt of the file,
// which might hold a secret.
func plainError(e *toml.DecodeError) string {
	s := strings.TrimPrefix(e.Error(), "toml: ")
	// "cannot decode TOML string into struct field config.Fetch.Robots of type bool"
	if rest, ok := strings.CutPrefix(s, "cannot decode TOML "); ok {
		is, rest, _ := strings.Cut(rest, " into ")
		if _, want, ok := strings.Cut(rest, " of type "); ok {
			return "must be " + typeName(want) + ", not " + is
		}
	}
	return s
}

// typeName says what a value of a Go type is in TOML.
func typeName(t string) string {
	switch {
	case strings.HasPrefix(t, "[]"):
		return "a list"
	case t == "bool":
		return "true or false"
	case t == "int":
		return "a whole number"
	case strings.HasPrefix(t, "config.") && t != "config.Secret" && t != "config.Duration" && t != "config.Size":
		return "a table"
	}
	return "a string in quotes"
}

// without blanks a line that is a whole key with its value, so that rows keep their numbers.
func without(b []byte, row int) ([]byte, bool) {
	lines := bytes.Split(b, []byte("\n"))
	if row < 1 || row > len(lines) {
		return b, false
	}
	line := lines[row-1]
	if len(bytes.TrimSpace(line)) == 0 || toml.Unmarshal(line, &map[string]any{}) != nil {
		return b, false
	}
	lines[row-1] = nil
	return bytes.Join(lines, []byte("\n")), true
}

// complete fills in what a value depends on: defaults of channels, the folder of relative
// paths, the secrets referred to.
func (r *reading) complete(c *Config) {
	dir := filepath.Dir(r.file)
	rooted := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
	if _, ok := r.at["state"]; ok {
		c.State = rooted(c.State)
	}
	for i, p := range c.SourcesFiles {
		c.SourcesFiles[i] = rooted(p)
	}
	for i, p := range c.RulesFiles {
		c.RulesFiles[i] = rooted(p)
	}
	for i, p := range c.WordsFiles {
		c.WordsFiles[i] = rooted(p)
	}
	c.Templates = rooted(c.Templates)
	urgent(&c.Routes)
	if len(c.Channels) == 0 {
		c.Channels = Default().Channels
		c.Channels[0].Language = c.Language
		return
	}
	for i := range c.Channels {
		ch, table := &c.Channels[i], channelKey(i)
		if _, ok := r.at[table+".alerts"]; !ok {
			ch.Alerts = true
		}
		if ch.Language == "" {
			ch.Language = c.Language
		}
		ch.Urgent = cmp.Or(ch.Urgent, ch.defaultUrgent())
		if ch.Digest != "" && ch.DigestHolidays == "" {
			ch.DigestHolidays = KeepDay
			if ch.Digest == Daily && ch.BusinessDays {
				ch.DigestHolidays = NextBusinessDay
			}
		}
		if ch.Type == Email {
			ch.TLS = cmp.Or(ch.TLS, StartTLS)
			if !ch.DKIMKey.IsZero() {
				ch.DKIMDomain = cmp.Or(ch.DKIMDomain, domainOf(ch.From))
			}
			ch.Port = cmp.Or(ch.Port, map[string]int{StartTLS: 587, TLS: 465}[ch.TLS], 25)
		}
		if ch.Type == File {
			ch.MaxSize = cmp.Or(ch.MaxSize, DefaultEvents)
			if !strings.HasSuffix(ch.Path, "/") { // which names no file, and is refused
				ch.Path = rooted(ch.Path)
			}
		}
		for key, s := range map[string]*Secret{
			"token": &ch.Token, "app_token": &ch.AppToken, "webhook": &ch.Webhook, "password": &ch.Password, "url": &ch.URL, "secret": &ch.Secret, "old_secret": &ch.OldSecret,
			"dkim_key": &ch.DKIMKey,
		} {
			if err := s.resolve(dir); err != nil {
				r.problem(table+"."+key, "%v", err)
			}
		}
	}
}

// defaultUrgent is what passes where the file does not say.
func (h Hours) defaultUrgent() string {
	if h.IsZero() {
		return ""
	}
	return DefaultUrgent
}

func urgent(routes *[]Route) {
	for i := range *routes {
		rt := &(*routes)[i]
		rt.Urgent = cmp.Or(rt.Urgent, rt.defaultUrgent())
		urgent(&rt.Routes)
	}
}

func channelKey(i int) string { return fmt.Sprintf("channel[%d]", i+1) }

// Expand returns the files that patterns (SourcesFiles, RulesFiles, WordsFiles) name, in order, each once.
// A pattern that names none is an error: a catalogue that was not read would go unnoticed.
func Expand(patterns []string) ([]string, error) {
	var out []string
	for _, p := range patterns {
		files, err := filepath.Glob(p)
		if err != nil {
			return nil, fmt.Errorf("expand %s: %w", p, err)
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("no file matches %s", p)
		}
		for _, f := range files {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}
