package sources

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"kaisei/internal/kaisei"
)

// fileForm is the form of a catalogue file. Every field of a row is a pointer or
// a slice, so that a row that changes a known source tells "not given" from "given as empty".
type fileForm struct {
	Authority map[string]kaisei.Text  `toml:"authority"`
	Keywords  map[string]keywordsForm `toml:"keywords"`
	Host      map[string]hostForm     `toml:"host"`
	Source    []rowForm               `toml:"source"`
}

// rowForm is one [[source]] table.
type rowForm struct {
	ID         string       `toml:"id"`
	Was        []string     `toml:"was"`
	Title      *kaisei.Text `toml:"title"`
	Authority  *string      `toml:"authority"`
	Kind       *string      `toml:"kind"`
	URL        *string      `toml:"url"`
	Schedule   *string      `toml:"schedule"`
	Layer      *string      `toml:"layer"`
	Language   *string      `toml:"language"`
	Select     []string     `toml:"select"`
	Remove     []string     `toml:"remove"`
	Charset    *string      `toml:"charset"`
	Keywords   any          `toml:"keywords"`
	Follow     []followForm `toml:"follow"`
	WatchText  *bool        `toml:"watch_text"`
	Law        *string      `toml:"law"`
	SameAs     *string      `toml:"same_as"`
	Translates *string      `toml:"translates"`
	Sectors    []string     `toml:"sectors"`
	Themes     []string     `toml:"themes"`
	Recheck    *duration    `toml:"recheck"`
	Quiet      *duration    `toml:"quiet"`
	Elsewhere  []elseForm   `toml:"elsewhere"`
	Backfill   *fillForm    `toml:"backfill"`
	Pages      *string      `toml:"pages"`
	Fetch      *fetchForm   `toml:"fetch"`
	Confidence *string      `toml:"confidence"`
	Note       *string      `toml:"note"`
	Disabled   *string      `toml:"disabled"`
}

// followForm is one [[source.follow]] table.
type followForm struct {
	Text       string `toml:"text"`
	URL        string `toml:"url"`
	Not        string `toml:"not"`
	As         string `toml:"as"`
	Document   string `toml:"document"`
	Title      string `toml:"title"`
	Layer      string `toml:"layer"`
	Language   string `toml:"language"`
	SameAs     string `toml:"same_as"`
	Translates string `toml:"translates"`
	History    bool   `toml:"history"`
}

// elseForm is one [[source.elsewhere]] table.
type elseForm struct {
	Source string    `toml:"source"`
	URL    string    `toml:"url"`
	Text   string    `toml:"text"`
	Within *duration `toml:"within"`
}

// fillForm is the [source.backfill] table.
type fillForm struct {
	Source string `toml:"source"`
	Same   string `toml:"same"`
	URL    string `toml:"url"`
}

// fetchForm is what one host or source is known to need.
type fetchForm struct {
	MinGap      *duration `toml:"min_gap"`
	HTTP1       *bool     `toml:"http1"`
	BrowserLike *bool     `toml:"browser_like"`
	Post        *bool     `toml:"post"`
	Timeout     *duration `toml:"timeout"`
	Hosts       []string  `toml:"hosts"`
}

// hostForm holds for every source on a host that does not say otherwise; under the name "*", its fetch for
// every source.
type hostForm struct {
	Select  []string   `toml:"select"`
	Remove  []string   `toml:"remove"`
	Charset *string    `toml:"charset"`
	Fetch   *fetchForm `toml:"fetch"`
}

// keywordsForm is a named list of words.
type keywordsForm struct {
	Any  []string `toml:"any"`
	None []string `toml:"none"`
}

// duration is a time.Duration written as "90m", "12h" or "7d".
type duration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *duration) UnmarshalText(b []byte) error {
	s := string(b)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > maxDays {
			return fmt.Errorf("duration %q: write a number of days such as 7d, or 12h", s)
		}
		*d = duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("duration %q: write it as 10s, 90m, 12h or 7d", s)
	}
	*d = duration(v)
	return nil
}

// maxDays bounds a duration in days, far below the overflow of time.Duration.
const maxDays = 10000

// place is a position in a catalogue file.
type place struct {
	file     string
	row, col int
}

func (p place) String() string {
	if p.col == 0 {
		return fmt.Sprintf("%s:%d", p.file, p.row)
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.row, p.col)
}

// parsed is a file with the places of its rows and keys.
type parsed struct {
	name    string
	form    fileForm
	rows    []rowPlaces
	shipped bool
}

// rowPlaces says where a row begins and where each of its keys stands; a key of the n-th
// follow rule is "follow.n.text", of the n-th list elsewhere "elsewhere.n.source".
type rowPlaces struct {
	begin place
	keys  map[string]place
}

// at returns the place of a key, or where the row begins.
func (r rowPlaces) at(key string) place {
	if p, ok := r.keys[key]; ok {
		return p
	}
	return r.begin
}

// parse decodes a file strictly. A file that decodes but has unknown keys is returned
// together with the error, so that its rows are checked too.
func parse(f File) (parsed, error) {
	p := parsed{name: f.Name}
	dec := toml.NewDecoder(bytes.NewReader(f.Data))
	dec.DisallowUnknownFields()
	err := dec.Decode(&p.form)
	var strict *toml.StrictMissingError
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &strict):
		var all []error
		for _, e := range strict.Errors {
			row, col := e.Position()
			all = append(all, fmt.Errorf("%v: unknown key %q", place{f.Name, row, col}, strings.Join(e.Key(), ".")))
		}
		err = errors.Join(all...)
	case errors.As(err, &wrong):
		row, col := wrong.Position()
		return parsed{name: f.Name}, fmt.Errorf("%v: %s", place{f.Name, row, col}, strings.TrimPrefix(wrong.Error(), "toml: "))
	case err != nil:
		return parsed{name: f.Name}, fmt.Errorf("%s: %w", f.Name, err)
	}
	p.rows = places(f, len(p.form.Source))
	return p, err
}

// places finds where the rows of a file and their keys stand. Rows that are not
// written as [[source]] tables are placed at the head of the file.
func places(f File, rows int) []rowPlaces {
	out := make([]rowPlaces, 0, rows)
	var parser unstable.Parser
	parser.Reset(f.Data)
	lines := lineStarts(f.Data)
	prefix, inSource, nth := "", false, map[string]int{}
	for parser.NextExpression() {
		e := parser.Expression()
		path, at := keyOf(e)
		where := lines.place(f.Name, at)
		switch e.Kind {
		case unstable.ArrayTable, unstable.Table:
			inSource = len(path) > 0 && path[0] == "source"
			prefix = ""
			switch {
			case !inSource:
			case slices.Equal(path, []string{"source"}):
				clear(nth)
				where.col = 0
				out = append(out, rowPlaces{begin: where, keys: map[string]place{}})
			case e.Kind == unstable.ArrayTable && len(path) == 2:
				prefix = fmt.Sprintf("%s.%d.", path[1], nth[path[1]])
				nth[path[1]]++
				if len(out) > 0 {
					out[len(out)-1].keys[strings.TrimSuffix(prefix, ".")] = where
				}
			default:
				prefix = strings.Join(path[1:], ".") + "."
			}
		case unstable.KeyValue:
			if inSource && len(out) > 0 {
				out[len(out)-1].keys[prefix+strings.Join(path, ".")] = where
			}
		}
	}
	for len(out) < rows {
		out = append(out, rowPlaces{begin: place{file: f.Name, row: 1}})
	}
	return out
}

// keyOf returns the dotted key of an expression and where its first part begins in the file.
func keyOf(e *unstable.Node) (path []string, at int) {
	for it := e.Key(); it.Next(); {
		n := it.Node()
		if len(path) == 0 {
			at = int(n.Raw.Offset)
		}
		path = append(path, string(n.Data))
	}
	return path, at
}

// lines holds where each line of a file begins. The parser could tell as well, but counts from
// the head of the file each time, which for thousands of sources takes longer than all else.
type lines []int

func lineStarts(data []byte) lines {
	l := lines{0}
	for i, b := range data {
		if b == '\n' {
			l = append(l, i+1)
		}
	}
	return l
}

// place returns the row and column of a byte.
func (l lines) place(file string, at int) place {
	row, found := slices.BinarySearch(l, at)
	if !found {
		row--
	}
	return place{file: file, row: row + 1, col: at - l[row] + 1}
}
