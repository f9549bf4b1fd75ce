package render

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"kaisei/internal/kaisei"
)

// MaxWord is how many characters the operator's words for one key may have: the longest of the catalogue
// has a quarter of it.
const MaxWord = 1000

// maxWordFaults is how many faults of words are named at once.
const maxWordFaults = 20

// Wording holds words of the operator's in place of those of the catalogue, by key and language. It is
// never written once it is read.
type Wording struct{ texts map[string]map[string]string }

// text returns the operator's words for a key, if there are any.
func (w *Wording) text(key, lang string) (string, bool) {
	if w == nil {
		return "", false
	}
	s, ok := w.texts[lang][key]
	return s, ok
}

// Catalogue returns every text of the catalogue by its key: messages, and names as "class.amended".
func Catalogue() map[string]kaisei.Text {
	out := maps.Clone(messages)
	for group, ids := range names {
		for id, t := range ids {
			out[group+"."+id] = t
		}
	}
	return out
}

// TOML writes the whole catalogue with the operator's words in it as a file of words; of a nil Wording, the
// catalogue as it is.
func (w *Wording) TOML() string {
	var b strings.Builder
	all := Catalogue()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "[%q]\n", key)
		for _, lang := range []string{Japanese, English} {
			s, ok := w.text(key, lang)
			if !ok {
				s = all[key].In(lang)
			}
			fmt.Fprintf(&b, "%s = %s\n", lang, tomlString(s))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// tomlString is a text of one line as TOML writes it.
func tomlString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// WordsFile is a file of words: TOML in which each key of the catalogue is a table with ja, en or both.
type WordsFile struct {
	Name string
	Data []byte
}

// WordFault is one thing wrong with a file of words.
type WordFault struct {
	File        string
	Row, Column int
	Message     string
}

// Error implements error: file:row:column: message.
func (f WordFault) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Row, f.Column, f.Message)
}

// ParseWording reads files of words; a later one goes over an earlier one. A key that the catalogue lacks
// and words that take other values than the catalogue's are faults, all of which come back joined.
func ParseWording(files ...WordsFile) (*Wording, error) {
	w := &Wording{texts: map[string]map[string]string{Japanese: {}, English: {}}}
	known := Catalogue()
	var faults []WordFault
	for _, f := range files {
		for _, e := range f.entries(&faults) {
			why := ""
			if e.lang != Japanese && e.lang != English {
				why = fmt.Sprintf("%s: write the words as ja or en of a key, as in [%q] ja = \"…\"", joined([]string{e.key, e.lang}, "."), "digest.weekly")
			} else if t, ok := known[e.key]; !ok {
				why = fmt.Sprintf("%s is not a key of the catalogue%s; 'kaisei config words' prints them all", e.key, nearest(e.key, known))
			} else {
				why = wordFault(e.key+"."+e.lang, e.text, t.In(e.lang))
			}
			if why != "" {
				faults = append(faults, WordFault{f.Name, e.row, e.column, why})
				continue
			}
			w.texts[e.lang][e.key] = e.text
		}
	}
	if len(faults) == 0 {
		return w, nil
	}
	slices.SortStableFunc(faults, func(a, b WordFault) int {
		if a.File != b.File {
			return 0
		}
		return cmp.Compare(a.Row, b.Row)
	})
	var named []error
	for i, f := range faults {
		if i == maxWordFaults {
			named = append(named, fmt.Errorf("and %d more", len(faults)-i))
			break
		}
		named = append(named, f)
	}
	return nil, errors.Join(named...)
}

// wordFault says what is wrong with words in place of those of the catalogue, or "".
func wordFault(key, text, catalogue string) string {
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		return key + " is empty: write words, or take the line out to keep " + fmt.Sprintf("%q", catalogue)
	case n > MaxWord:
		return fmt.Sprintf("%s has %d characters; %d are allowed", key, n, MaxWord)
	case strings.ContainsAny(text, "\r\n"):
		return key + " has more than one line; it is shown on one"
	case strings.ReplaceAll(Clean(text), " ", "") != strings.Join(strings.Fields(text), ""):
		return key + " holds a control character, which cannot be shown"
	}
	want, _ := verbs(catalogue)
	if len(want) == 0 { // and nothing is formatted: a percent sign is one
		if v := letterVerb.FindString(text); v != "" {
			return fmt.Sprintf("%s takes no value, as the catalogue's %q takes none, and would be shown with %s in it", key, catalogue, v)
		}
		return ""
	}
	got, err := verbs(text)
	if err == nil && slices.Equal(got, want) {
		return ""
	}
	return fmt.Sprintf("%s must take the same values as the catalogue's %q: %s; a percent sign itself is written %%%%", key, catalogue, strings.Join(want, " "))
}

// verb is a formatting verb, with the number of the value it takes where that is written.
var verb = regexp.MustCompile(`%(?:%|(?:\[([0-9]+)\])?(.?))`)

// letterVerb is a verb that somebody meant as one.
var letterVerb = regexp.MustCompile(`%(?:\[[0-9]+\])?[a-zA-Z]`)

// verbs returns which value a text takes by which verb, in the order of the values, each once: "%[1]s".
func verbs(text string) ([]string, error) {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[0] == "%%" {
			continue
		}
		if m[1] != "" {
			if _, err := fmt.Sscan(m[1], &next); err != nil {
				return nil, err
			}
		}
		if v := fmt.Sprintf("%%[%d]%s", next, m[2]); !slices.Contains(out, v) {
			out = append(out, v)
		}
		next++
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return out, nil
}

// nearest names the keys of the catalogue that were probably meant: those that begin as key does.
func nearest(key string, known map[string]kaisei.Text) string {
	for begin := key; len(begin) > 2; begin = begin[:len(begin)-1] {
		var like []string
		for k := range known {
			if strings.HasPrefix(k, begin) {
				like = append(like, k)
			}
		}
		if len(like) > 0 {
			slices.Sort(like)
			return "; did you mean " + strings.Join(like[:min(len(like), maxLike)], ", ") + "?"
		}
	}
	return ""
}

// maxLike is how many keys are named that may have been meant.
const maxLike = 4

// wordEntry is one text of a file of words and where it stands.
type wordEntry struct {
	key, lang, text string
	row, column     int
}

// entries returns the texts of a file: the last part of a dotted key is the language.
func (f WordsFile) entries(faults *[]WordFault) []wordEntry {
	var tree map[string]any
	if err := toml.Unmarshal(f.Data, &tree); err != nil {
		fault := WordFault{f.Name, 1, 1, "is not TOML: " + err.Error()}
		var syntax *toml.DecodeError
		if errors.As(err, &syntax) {
			fault.Row, fault.Column = syntax.Position()
		}
		*faults = append(*faults, fault)
		return nil
	}
	var out []wordEntry
	var p unstable.Parser
	p.Reset(f.Data)
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = keyParts(e)
		case unstable.KeyValue:
			out = f.texts(out, &p, e, table, faults)
		}
	}
	return out
}

func (f WordsFile) texts(out []wordEntry, p *unstable.Parser, e *unstable.Node, above []string, faults *[]WordFault) []wordEntry {
	path := append(slices.Clone(above), keyParts(e)...)
	var first *unstable.Node
	for it := e.Key(); it.Next() && first == nil; {
		first = it.Node()
	}
	at := p.Shape(p.Range(first.Data)).Start
	switch v := e.Value(); v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			out = f.texts(out, p, it.Node(), path, faults)
		}
	case unstable.String:
		last := len(path) - 1
		out = append(out, wordEntry{strings.Join(path[:last], "."), path[last], string(v.Data), at.Line, at.Column})
	default:
		*faults = append(*faults, WordFault{f.Name, at.Line, at.Column, strings.Join(path, ".") + " is not a text in quotation marks"})
	}
	return out
}

func keyParts(e *unstable.Node) []string {
	var parts []string
	for it := e.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
	}
	return parts
}
