package accuracy

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

// article is an article of a law as its text says: found here without the reader.
type article struct {
	// part is the main provisions ("") or the n-th supplementary provisions.
	part, number string
	// body is its text without its number and caption.
	body, whole string
}

func (a article) key() string { return a.part + "/" + a.number }

// tally is what the comparison of two texts of a law gave.
type tally struct{ pairs, differ, told, missed, extra, edits, renumbered, toldRenumbered, toldMoved int }

func measureLaws(t *testing.T, l *library, r *report) {
	var rows [][]string
	row := func(name string, n tally) {
		rows = append(rows, []string{name, fmt.Sprint(n.pairs), fmt.Sprint(n.differ), fmt.Sprint(n.told), fmt.Sprint(n.missed), fmt.Sprint(n.extra),
			fmt.Sprint(n.renumbered), fmt.Sprint(n.toldRenumbered), fmt.Sprint(n.toldMoved), fmt.Sprint(n.edits)})
		if n.missed+n.extra > 0 || n.toldRenumbered+n.toldMoved < n.renumbered {
			t.Errorf("%s: %+v", name, n)
		}
	}
	laws := map[string][]string{}
	var ids []string
	for _, name := range l.glob(t, "derived/lawmd_revisions/*/*.md") {
		id := path.Base(path.Dir(name))
		if laws[id] == nil {
			ids = append(ids, id)
		}
		laws[id] = append(laws[id], name)
	}
	for _, id := range ids {
		var n tally
		for i, name := range laws[id][1:] {
			before := laws[id][i]
			n.compare(t, l, before, name, markdownArticles(string(l.bytes(t, before))), markdownArticles(string(l.bytes(t, name))))
		}
		if n.pairs > 0 {
			row(id+", revisions as Markdown", n)
		}
	}
	for _, pair := range [][2]string{
		{"405AC0000000088_20180401_429AC0000000004.xml", "405AC0000000088_20240401_504AC0100000052.xml"},
		{"415AC0000000057__lawdata_v1_20250924.xml", "415AC0000000057_20260717_508AC0000000062__lawfile_v2_asof20260720.xml"},
	} {
		var n tally
		before, after := "egov/xml/"+pair[0], "egov/xml/"+pair[1]
		n.compare(t, l, before, after, xmlArticles(t, l.bytes(t, before)), xmlArticles(t, l.bytes(t, after)))
		row(pair[0][:15]+", XML of e-Gov", n)
	}
	r.heading("Laws")
	r.text("Every consecutive pair of revisions, read and compared as the product does. The articles that differ are found here from the files themselves, by a\n" +
		"pattern for the Markdown and by element for the XML; *told* are those of which an edit quotes something. Supplementary provisions have no name in\n" +
		"the Markdown, so that there the texts that are new or gone count. *Renumbered* are articles of the main provisions whose text stands once on\n" +
		"either side under another number; they must be told as renumbered, or as moved where others that stayed now stand on the other side of\n" +
		"them. Goal: no article missed, none told that did not change.")
	r.table([]string{"law", "pairs", "articles that differ", "told", "missed", "told wrongly", "renumbered", "told as renumbered", "told as moved", "edits"}, rows)
}

// compare adds a pair of texts.
func (n *tally) compare(t *testing.T, l *library, before, after string, old, new []article) {
	prev, next := l.read(t, before), l.read(t, after)
	edits := diff.Blocks(placed(prev), placed(next))
	oldKeys, newKeys := articleKeys(prev), articleKeys(next)
	names := sameArticles(old, new)
	touched, renumbered, moved := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range edits {
		for i := range 1 + strings.Count(e.Before, "\n") {
			if k := e.PageBefore - 1 + i; e.PageBefore > 0 && k < len(oldKeys) {
				touched[names[oldKeys[k]]] = true
			}
		}
		for i := range 1 + strings.Count(e.After, "\n") {
			if k := e.PageAfter - 1 + i; e.PageAfter > 0 && k < len(newKeys) {
				touched[newKeys[k]] = true
			}
		}
		if e.PageBefore > 0 && e.PageAfter > 0 {
			both := oldKeys[e.PageBefore-1] + " " + newKeys[e.PageAfter-1]
			renumbered[both] = renumbered[both] || e.Kind == kaisei.EditRenumbered
			moved[both] = moved[both] || e.Kind == kaisei.EditMoved
		}
	}
	want := map[string]bool{}
	for _, side := range []struct {
		from, to []article
		name     func(article) string
	}{{old, new, func(a article) string { return names[a.key()] }}, {new, old, article.key}} {
		texts := map[string]int{}
		for _, a := range side.to {
			texts[a.match()]++
		}
		for _, a := range side.from {
			if texts[a.match()]--; texts[a.match()] < 0 {
				want[side.name(a)] = true
			}
		}
	}
	n.pairs++
	n.edits += len(edits)
	n.differ += len(want)
	for k := range want {
		if touched[k] {
			n.told++
		} else {
			n.missed++
			t.Logf("%s → %s: missed %s", path.Base(before), path.Base(after), k)
		}
	}
	for k := range touched {
		if k != "" && !want[k] && !strings.HasSuffix(k, "/") {
			n.extra++
			t.Logf("%s → %s: told wrongly %s", path.Base(before), path.Base(after), k)
		}
	}
	for _, a := range old {
		b, ok := sameBody(a, old, new)
		if !ok {
			continue
		}
		n.renumbered++
		switch both := a.key() + " " + b.key(); {
		case renumbered[both]:
			n.toldRenumbered++
		case moved[both]:
			n.toldMoved++
			t.Logf("%s → %s: %s is now %s, told as moved", path.Base(before), path.Base(after), a.key(), b.key())
		default:
			t.Logf("%s → %s: %s is now %s, and not told so", path.Base(before), path.Base(after), a.key(), b.key())
		}
	}
}

// sameArticles names the articles of the old text after those of the new: by number in the
// main provisions; in supplementary provisions, which have no number, by number and text.
func sameArticles(old, new []article) map[string]string {
	names := map[string]string{}
	taken := map[string]bool{}
	for _, least := range []int{1 << 20, minPrefix} { // equal ones first
		for _, a := range old {
			if names[a.key()] != "" {
				continue
			}
			if a.part == "" {
				names[a.key()] = a.key()
				continue
			}
			best, length := "", 0
			for _, b := range new {
				n := prefix(a.whole, b.whole)
				if a.whole == b.whole {
					n = 1 << 20
				}
				if b.part != "" && b.number == a.number && n >= least && n > length && !taken[b.key()] {
					best, length = b.key(), n
				}
			}
			if best != "" {
				names[a.key()] = best
				taken[best] = true
			}
		}
	}
	for _, a := range old {
		if names[a.key()] == "" {
			names[a.key()] = "gone " + a.key()
		}
	}
	return names
}

// minPrefix is how many characters two versions of an article have in common at least.
const minPrefix = 12

// prefix is the length in characters of what two texts begin with in common.
func prefix(a, b string) int {
	x, y := []rune(a), []rune(b)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// match is what an article must have in common with one of the other text to be the same.
func (a article) match() string {
	if a.part != "" {
		return "附則 " + a.number + a.whole
	}
	return a.number + " " + a.whole
}

// sameBody returns the article of new that is a under another number.
func sameBody(a article, old, new []article) (article, bool) {
	if a.part != "" || len([]rune(a.body)) < 20 {
		return article{}, false
	}
	var found []article
	for _, b := range new {
		if b.part == "" && b.body == a.body {
			found = append(found, b)
		}
	}
	twins := 0
	for _, b := range old {
		if b.part == "" && b.body == a.body {
			twins++
		}
	}
	if len(found) != 1 || twins != 1 || found[0].number == a.number {
		return article{}, false
	}
	return found[0], true
}

// placed gives every block its place, from 1, as its page.
func placed(blocks []kaisei.Block) []kaisei.Block {
	out := slices.Clone(blocks)
	for i := range out {
		out[i].Page = i + 1
	}
	return out
}

var (
	articleNumber = regexp.MustCompile(`^(第[〇一二三四五六七八九十百千０-９0-9]+条(?:の[〇一二三四五六七八九十百千]+)*(?:(?:から|及び)第[^（]*条[^（]*まで)?)`)
	supplement    = regexp.MustCompile(`^(?:#+\s*)?附[\s　]*則`)
)

// articleKeys returns the article that each block of a law stands in, by its path.
func articleKeys(blocks []kaisei.Block) []string {
	out := make([]string, len(blocks))
	part, n := "", 0
	for i, b := range blocks {
		if b.Kind == kaisei.BlockHeading && supplement.MatchString(b.Text) {
			n++
			part = fmt.Sprint("附則", n)
		}
		number := ""
		for _, p := range b.Path {
			if articleNumber.MatchString(p) {
				number = articleNumber.FindString(p)
			}
		}
		out[i] = part + "/" + number
	}
	return out
}

var markdownArticle = regexp.MustCompile(`^\*\*(第[^（*]*条[^（*]*)(（.*?）)?\*\*[\s　]*(.*)`)

// markdownArticles cuts a law in Markdown into its articles.
func markdownArticles(text string) []article {
	_, text, _ = strings.Cut(strings.TrimPrefix(text, "---"), "\n---\n")
	var out []article
	part, n := "", 0
	open := -1
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch m := markdownArticle.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "#") || strings.HasPrefix(line, "**別表"):
			open = -1
			if supplement.MatchString(line) {
				n++
				part = fmt.Sprint("附則", n)
			}
		case m != nil:
			open = len(out)
			out = append(out, article{part: part, number: m[1], whole: squeeze(m[1] + m[2] + m[3]), body: squeeze(m[3])})
		case open >= 0 && line != "":
			out[open].whole += "\n" + squeeze(line)
			out[open].body += "\n" + squeeze(line)
		}
	}
	return out
}

// xmlArticles cuts a law of e-Gov into its articles.
func xmlArticles(t *testing.T, body []byte) []article {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	var out []article
	var within []string
	part, n := "", 0
	open := -1
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			within = append(within, e.Name.Local)
			switch e.Name.Local {
			case "SupplProvision":
				n++
				part = fmt.Sprint("附則", n)
			case "Article":
				open = len(out)
				out = append(out, article{part: part})
			}
		case xml.EndElement:
			within = within[:len(within)-1]
			if e.Name.Local == "Article" {
				open = -1
			}
		case xml.CharData:
			if open < 0 || slices.Contains(within, "Rt") {
				continue
			}
			text := squeeze(string(e))
			out[open].whole += text
			switch within[len(within)-1] {
			case "ArticleTitle":
				out[open].number += text
			case "ArticleCaption":
			default:
				out[open].body += text
			}
		}
	}
}
