package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// The window in which an item is expected on another list: the default, and the bounds of what a row may
// say. Below the least, two looks of most lists would not fit into it; what was seen longer ago than the
// most is not remembered.
const (
	defaultWithin = 3 * 24 * time.Hour
	minWithin     = 6 * time.Hour
	maxWithin     = 21 * 24 * time.Hour
)

// pageMark stands for the number of a page in the address of a listing, sameMark for what tells an item
// from others in the address of an item.
const (
	pageMark = "{page}"
	sameMark = "{same}"
)

func elsewhere(forms []elseForm) []kaisei.Elsewhere {
	var out []kaisei.Elsewhere
	for _, f := range forms {
		e := kaisei.Elsewhere{Source: f.Source, URL: f.URL, Text: f.Text, Within: defaultWithin}
		if f.Within != nil {
			e.Within = time.Duration(*f.Within)
		}
		out = append(out, e)
	}
	return out
}

// lists checks what rows say of each other as lists of the same items.
func (k *checker) lists(c *Catalog) {
	for _, s := range c.sources {
		e := k.m.entries[s.ID]
		for i, other := range s.Elsewhere {
			k.elsewhere(c, e, s, i, other)
		}
		k.backfill(c, e, s)
		k.pages(e, s)
	}
}

// elsewhere checks one list on which items are expected.
func (k *checker) elsewhere(c *Catalog, e *entry, s kaisei.Source, i int, other kaisei.Elsewhere) {
	at := func(key string) place {
		prefix := "elsewhere." + strconv.Itoa(i)
		if p, ok := e.keys[prefix+"."+key]; ok {
			return p
		}
		return e.at(prefix)
	}
	to, known := c.Source(other.Source)
	switch {
	case other.Source == s.ID:
		k.problem(at("source"), "%s: elsewhere names the source itself", s.ID)
	case !known:
		k.problem(at("source"), "%s: elsewhere %q: there is no such source", s.ID, other.Source)
	case !listsItems(to):
		k.problem(at("source"), "%s: elsewhere %q: it lists no items; it must be a feed, or an index with a follow rule as = \"item\"", s.ID, other.Source)
	}
	if !listsItems(s) {
		k.problem(at("source"), "%s: elsewhere is for a feed, or an index with a follow rule as = \"item\"", s.ID)
	}
	for key, expr := range map[string]string{"url": other.URL, "text": other.Text} {
		if _, err := regexp.Compile(expr); err != nil {
			k.problem(at(key), "%s: %v", s.ID, err)
		}
	}
	if other.Within < minWithin || other.Within > maxWithin {
		k.problem(at("within"), "%s: within: write between %s and %s, such as 3d", s.ID, span(minWithin), span(maxWithin))
	}
}

func span(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return fmt.Sprintf("%dh", d/time.Hour)
}

// listsItems reports whether a source shows items that are complete in themselves.
func listsItems(s kaisei.Source) bool {
	return s.Kind == kaisei.KindFeed || slices.ContainsFunc(s.Follow, func(f kaisei.Follow) bool { return f.As == kaisei.FollowItem })
}

// backfill checks where a feed is completed from.
func (k *checker) backfill(c *Catalog, e *entry, s kaisei.Source) {
	b := s.Backfill
	if b == (kaisei.Backfill{}) {
		return
	}
	to, known := c.Source(b.Source)
	switch {
	case s.Kind != kaisei.KindFeed:
		k.problem(e.at("backfill.source"), "%s: backfill is for the kind feed, not %q", s.ID, s.Kind)
	case b.Source == "":
		k.problem(e.at("backfill.source"), "%s: backfill needs a source: the id of the listing to read back", s.ID)
	case b.Source == s.ID:
		k.problem(e.at("backfill.source"), "%s: backfill names the source itself", s.ID)
	case !known:
		k.problem(e.at("backfill.source"), "%s: backfill %q: there is no such source", s.ID, b.Source)
	case !listsItems(to):
		k.problem(e.at("backfill.source"), "%s: backfill %q: it lists no items; it must be a feed, or an index with a follow rule as = \"item\"", s.ID, b.Source)
	}
	re, err := regexp.Compile(b.Same)
	switch {
	case err != nil:
		k.problem(e.at("backfill.same"), "%s: %v", s.ID, err)
	case b.Same != "" && re.NumSubexp() != 1:
		k.problem(e.at("backfill.same"), "%s: same %q: put what tells an item from others into one group, as in id=(\\d+)", s.ID, b.Same)
	}
	if b.URL == "" {
		return
	}
	if b.Same == "" || strings.Count(b.URL, sameMark) != 1 {
		k.problem(e.at("backfill.url"), "%s: url %q: write %s once, where what same finds is to stand", s.ID, b.URL, sameMark)
	}
	if err := checkURL(strings.ReplaceAll(b.URL, sameMark, "1")); err != nil {
		k.problem(e.at("backfill.url"), "%s: %v", s.ID, err)
	}
}

// pages checks the addresses of the pages of a listing.
func (k *checker) pages(e *entry, s kaisei.Source) {
	if s.Pages == "" {
		return
	}
	if s.Kind != kaisei.KindIndex {
		k.problem(e.at("pages"), "%s: pages is for the kind index, not %q", s.ID, s.Kind)
	}
	if strings.Count(s.Pages, pageMark) != 1 {
		k.problem(e.at("pages"), "%s: pages %q: write %s once, where the number of the page is to stand", s.ID, s.Pages, pageMark)
	}
	if err := checkURL(strings.ReplaceAll(s.Pages, pageMark, "1")); err != nil {
		k.problem(e.at("pages"), "%s: %v", s.ID, err)
	}
}
