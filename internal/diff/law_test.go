package diff_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"

	"golang.org/x/text/unicode/norm"
)

// squeeze is a normalisation of its own, so that the checks do not rest on ja.Key.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' {
			return -1
		}
		return r
	}, strings.NewReplacer("⻑", "長", "⺠", "民").Replace(norm.NFKC.String(s)))
}

// articles returns the text of every article by its key, from the blocks' keys alone.
func articles(blocks []kaisei.Block) map[string]string {
	out := map[string]string{}
	for _, b := range blocks {
		if b.Key == "" {
			continue
		}
		article, _, _ := strings.Cut(b.Key, "-")
		out[article] += squeeze(b.Text) + "\n"
	}
	return out
}

// TestLawRevisionsTouchTheArticlesThatChanged compares every revision of every law
// with the next: the articles of which an edit quotes something must be those whose
// text, computed here, differs.
func TestLawRevisionsTouchTheArticlesThatChanged(t *testing.T) {
	pairs, all, kinds := 0, 0, map[kaisei.EditKind]int{}
	for id, files := range laws(t) {
		for i := 1; i < len(files); i++ {
			before, after := law(t, files[i-1]), law(t, files[i])
			old, new := articles(before), articles(after)
			edits := diff.Blocks(placed(before), placed(after))
			touched, want := map[string]bool{}, map[string]bool{}
			// A page is the place of the block that an edit begins with.
			note := func(blocks []kaisei.Block, page int, text string) {
				if page == 0 {
					return
				}
				for _, b := range blocks[page-1 : page+strings.Count(text, "\n")] {
					if article, _, _ := strings.Cut(b.Key, "-"); article != "" {
						touched[article] = true
					}
				}
			}
			for _, e := range edits {
				kinds[e.Kind]++
				note(before, e.PageBefore, e.Before)
				note(after, e.PageAfter, e.After)
			}
			// The supplementary provisions have no number: a new one stands anywhere among them. What
			// counts there is which texts are new or gone.
			differs := func(from, to map[string]string) {
				texts := map[string]int{}
				for k, v := range to {
					if strings.HasPrefix(k, "附則") {
						texts[v]++
					}
				}
				for k, v := range from {
					if !strings.HasPrefix(k, "附則") {
						want[k] = want[k] || to[k] != v
						continue
					}
					if texts[v]--; texts[v] < 0 {
						want[k] = true
					}
				}
			}
			differs(old, new)
			differs(new, old)
			maps.DeleteFunc(want, func(_ string, differs bool) bool { return !differs })
			missed, extra := minus(want, touched), minus(touched, want)
			pairs++
			all += len(edits)
			if len(missed)+len(extra) > 0 {
				t.Errorf("%s %s → %s: %d edits, of %d articles missed %v, not changed %v", id,
					filepath.Base(files[i-1]), filepath.Base(files[i]), len(edits), len(want), missed, extra)
			}
		}
	}
	t.Logf("%d pairs, %d edits %v", pairs, all, kinds)
}

// TestLawXMLTouchesTheArticlesThatChanged does the same with the XML of e-Gov, read
// as the product reads it; its keys name the amending law of every supplementary provision.
func TestLawXMLTouchesTheArticlesThatChanged(t *testing.T) {
	for _, pair := range [][2]string{
		{"405AC0000000088_20180401_429AC0000000004.xml", "405AC0000000088_20240401_504AC0100000052.xml"},
		{"415AC0000000057__lawdata_v1_20250924.xml", "415AC0000000057_20260717_508AC0000000062__lawfile_v2_asof20260720.xml"},
	} {
		both := readFiles(t, corpus(t, "egov", "xml", pair[0]), corpus(t, "egov", "xml", pair[1]))
		article := func(b kaisei.Block) string {
			key, _, _ := strings.Cut(b.Key, "-P")
			return key
		}
		texts := func(blocks []kaisei.Block) map[string]string {
			out := map[string]string{}
			for _, b := range blocks {
				out[article(b)] += squeeze(b.Text) + "\n"
			}
			return out
		}
		old, new := texts(both[0]), texts(both[1])
		want, touched := map[string]bool{}, map[string]bool{}
		for k := range old {
			if old[k] != new[k] {
				want[k] = true
			}
		}
		for k := range new {
			if old[k] != new[k] {
				want[k] = true
			}
		}
		edits := diff.Blocks(placed(both[0]), placed(both[1]))
		for _, e := range edits {
			if e.PageBefore > 0 {
				touched[article(both[0][e.PageBefore-1])] = true
			}
			if e.PageAfter > 0 {
				touched[article(both[1][e.PageAfter-1])] = true
			}
		}
		missed, extra := minus(want, touched), minus(touched, want)
		t.Logf("%s: %d edits, %d articles", pair[1], len(edits), len(want))
		if len(missed)+len(extra) > 0 {
			t.Errorf("%s: missed %v, not changed %v", pair[1], missed, extra)
		}
	}
}

// placed gives every block its place, from 1, as its page.
func placed(blocks []kaisei.Block) []kaisei.Block {
	out := slices.Clone(blocks)
	for i := range out {
		out[i].Page = i + 1
	}
	return out
}

func minus(a, b map[string]bool) []string {
	var out []string
	for k := range maps.Keys(a) {
		if !b[k] {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
