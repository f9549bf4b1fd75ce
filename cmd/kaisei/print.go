package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// printJSON prints v as one line of JSON. Japanese stays readable and HTML characters are
// left alone; characters that steer a terminal or turn its writing direction are escaped.
func (a *app) printJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	var out strings.Builder
	for _, r := range b.String() {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, `\u%04x`, u)
			}
			continue
		}
		out.WriteRune(r)
	}
	_, err := io.WriteString(a.stdout, out.String())
	return err
}

// listed returns the edits with empty lists where a side has no path, so that scripts always
// find a list.
func listed(edits []kaisei.Edit) []kaisei.Edit {
	out := make([]kaisei.Edit, len(edits))
	for i, e := range edits {
		if e.PathBefore == nil {
			e.PathBefore = []string{}
		}
		if e.PathAfter == nil {
			e.PathAfter = []string{}
		}
		out[i] = e
	}
	return out
}

// printChangeJSON prints a change as one line of JSON in which lists are lists.
func (a *app) printChangeJSON(c kaisei.Change) error { return a.printJSON(inLists(c)) }

// inLists returns the change with empty lists where JSON would print null.
func inLists(c kaisei.Change) kaisei.Change {
	c.Edits = listed(c.Edits)
	if c.Reasons == nil {
		c.Reasons = []kaisei.Reason{}
	}
	return c
}

// terminal reports whether w is a terminal that a person looks at.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// color reports whether to print in colours (https://no-color.org).
func (a *app) color() bool {
	return terminal(a.stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// width is how many columns the terminal has, or 100.
func (a *app) width() int {
	if f, ok := a.stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w >= 40 {
			return w
		}
	}
	return 100
}

// remedies says below a table what can be done about each cause that it names, once.
func (a *app) remedies(causes []kaisei.Cause) {
	var told []kaisei.Cause
	for _, c := range causes {
		if c == "" || slices.Contains(told, c) || render.Remedy(c, a.voice()) == "" {
			continue
		}
		if len(told) == 0 {
			fmt.Fprintln(a.stdout)
		}
		told = append(told, c)
		fmt.Fprintf(a.stdout, "%s: %s\n", render.CauseName(c, a.voice()), render.Remedy(c, a.voice()))
	}
}

// table prints rows in columns that line up in a terminal, where Japanese characters are
// two columns wide. The last column is not padded.
func (a *app) table(head []string, rows [][]string) {
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
	}
	if a.language() == "ja" {
		head = inJapanese(head)
	}
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	line := func(row []string) {
		var b strings.Builder
		for i, cell := range row {
			if i == len(row)-1 {
				b.WriteString(cell)
				break
			}
			b.WriteString(cell)
			b.WriteString(strings.Repeat(" ", widths[i]+2-columns(cell)))
		}
		fmt.Fprintln(a.stdout, strings.TrimRight(b.String(), " "))
	}
	line(head)
	for _, row := range rows {
		line(row)
	}
}

// colored paints text on a terminal; code is an SGR code.
func (a *app) colored(code, text string) string {
	if !a.color() || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// harmless takes what steers a terminal out of a cell, apart from a colour around the whole
// of it, which only colored makes.
func harmless(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "\x1b["); ok {
		code, text, ok := strings.Cut(rest, "m")
		text, end := strings.CutSuffix(text, "\x1b[0m")
		if _, err := strconv.Atoi(code); ok && end && err == nil {
			return "\x1b[" + code + "m" + render.Clean(text) + "\x1b[0m"
		}
	}
	return render.Clean(cell)
}

// columns is how many columns a cell takes, colour codes aside.
func columns(cell string) int {
	n := runewidth.StringWidth(cell)
	for {
		_, rest, ok := strings.Cut(cell, "\x1b[")
		if !ok {
			return n
		}
		code, after, ok := strings.Cut(rest, "m")
		if !ok {
			return n
		}
		n -= runewidth.StringWidth("[" + code + "m")
		cell = after
	}
}

// clock prints an instant as people in Japan read it, or "-".
func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(kaisei.JST).Format("2006-01-02 15:04")
}

// cut shortens s to n columns with an ellipsis.
func cut(s string, n int) string { return runewidth.Truncate(s, n, "…") }

// parseWhen reads a day or an instant given on the command line; a day is its start in Japan.
func parseWhen(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := kaisei.ParseDate(s); err == nil {
		return d.Start(), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, usage{fmt.Errorf("--%s %q is neither a day (2026-03-31) nor an instant (2026-03-31T14:05:00+09:00)", flag, s)}
	}
	return t, nil
}

// report prints a message of the catalogue.
func (a *app) report(key string, args ...any) {
	fmt.Fprintln(a.stdout, render.Say(a.voice(), key, args...))
}

// remark prints a message of the catalogue beside what was asked for.
func (a *app) remark(key string, args ...any) {
	fmt.Fprintln(a.stderr, "kaisei: "+render.Say(a.voice(), key, args...))
}
