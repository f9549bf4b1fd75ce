package noise

import (
	"slices"
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Rotating learns the spots whose texts give way to each other. readings are the edits from each of several
// readings in a row to the next, all of which differ; base are those from the latest version to the last
// reading, which tell what the version shows there.
func Rotating(readings [][]kaisei.Edit, base []kaisei.Edit) []kaisei.Spot {
	var spots []kaisei.Spot
	add := func(path []string, texts ...string) {
		i := slices.IndexFunc(spots, func(s kaisei.Spot) bool { return samePath(s.Path, path) })
		if i < 0 {
			i = len(spots)
			spots = append(spots, kaisei.Spot{Rule: RuleRotating, Path: slices.Clone(path)})
		}
		for _, t := range texts {
			if !has(spots[i].Values, t) {
				spots[i].Values = append(spots[i].Values, Value(t))
			}
		}
	}
	for _, edits := range readings {
		came, went := map[string]int{}, map[string]int{}
		for _, e := range edits {
			path := strings.Join(place(e), "\x00")
			switch e.Kind {
			case kaisei.EditAdded:
				came[path]++
				add(place(e), e.After)
			case kaisei.EditRemoved:
				went[path]++
				add(place(e), e.Before)
			default:
				add(place(e), e.Before, e.After)
			}
		}
		for i := range spots {
			if p := strings.Join(spots[i].Path, "\x00"); came[p] != went[p] && !has(spots[i].Values, "") {
				spots[i].Values = append(spots[i].Values, "")
			}
		}
	}
	for i := range spots {
		for _, v := range standing(spots[i], base) {
			spots[i].Values = append(spots[i].Values, Value(v))
		}
	}
	return spots
}

// standing returns what the latest version shows at a rotating spot, where the edits to the last reading tell:
// the text that gave way to one of its values, or the one removed text beside an added one.
func standing(s kaisei.Spot, base []kaisei.Edit) []string {
	var out, removed []string
	added := 0
	for _, e := range base {
		if !samePath(s.Path, place(e)) {
			continue
		}
		switch {
		case e.Kind == kaisei.EditChanged && has(s.Values, e.After) && !has(s.Values, e.Before):
			out = append(out, e.Before)
		case e.Kind == kaisei.EditAdded && has(s.Values, e.After):
			added++
		case e.Kind == kaisei.EditRemoved && !has(s.Values, e.Before):
			removed = append(removed, e.Before)
		}
	}
	switch {
	case len(out) == 0 && len(removed) == 1 && (added == 1 || has(s.Values, "")):
		out = removed
	case len(out) == 0 && len(removed) == 0 && added > 0 && !has(s.Values, ""):
		out = []string{""} // nothing stood there
	}
	return out
}

// Passing returns the edits between two readings whose texts did not stay for two readings in a row: what came
// and stayed, or stood and went, is no value of a rotating spot.
func Passing(edits []kaisei.Edit, readings [][]kaisei.Block) []kaisei.Edit {
	stood := map[string]bool{}
	var last map[string]bool
	for _, blocks := range readings {
		now := map[string]bool{}
		for _, b := range blocks {
			key := ja.Key(b.Text)
			now[key] = true
			if last[key] {
				stood[key] = true
			}
		}
		last = now
	}
	return slices.DeleteFunc(slices.Clone(edits), func(e kaisei.Edit) bool {
		return e.Before != "" && stood[ja.Key(e.Before)] || e.After != "" && stood[ja.Key(e.After)]
	})
}

// Flips makes suspected spots of the edits to a text that gave way to the one before again.
func Flips(edits []kaisei.Edit) []kaisei.Spot {
	var out []kaisei.Spot
	for _, e := range edits {
		s := kaisei.Spot{Rule: RuleRotating, Path: slices.Clone(place(e)), Values: []string{Value(e.Before), Value(e.After)}}
		i := slices.IndexFunc(out, func(k kaisei.Spot) bool { return samePath(k.Path, s.Path) })
		if i < 0 {
			out = append(out, s)
			continue
		}
		for _, v := range s.Values {
			if !has(out[i].Values, v) {
				out[i].Values = append(out[i].Values, v)
			}
		}
	}
	return out
}

// Concerns reports whether an edit is of a rotating spot or one suspected: it stands there and holds one of its
// texts on a side.
func Concerns(s kaisei.Spot, e kaisei.Edit) bool {
	return samePath(s.Path, place(e)) && (e.Before != "" && has(s.Values, e.Before) || e.After != "" && has(s.Values, e.After))
}

// Grow adds to the rotating spots the texts that gave way to another between two looks that follow each other
// closely: what was shown and is gone is another value of the spot.
func Grow(spots []kaisei.Spot, edits []kaisei.Edit) ([]kaisei.Spot, bool) {
	out, grown := slices.Clone(spots), false
	for i := range out {
		s := &out[i]
		if s.Rule != RuleRotating || !s.Active() {
			continue
		}
		came, went := 0, 0
		for _, e := range edits {
			if !samePath(s.Path, place(e)) {
				continue
			}
			switch e.Kind {
			case kaisei.EditAdded:
				came++
			case kaisei.EditRemoved:
				went++
			}
			if e.Before == "" || e.Kind != kaisei.EditRemoved && e.Kind != kaisei.EditChanged || has(s.Values, e.Before) || len(s.Values) >= MaxValues {
				continue
			}
			if e.Kind == kaisei.EditChanged && !has(s.Values, e.After) && !concerned(*s, edits) {
				continue
			}
			s.Values = append(slices.Clone(s.Values), Value(e.Before))
			grown = true
		}
		if came > went && concerned(*s, edits) && !has(s.Values, "") {
			s.Values, grown = append(slices.Clone(s.Values), ""), true
		}
	}
	return out, grown
}

// concerned reports whether any of the edits is of the rotating spot.
func concerned(s kaisei.Spot, edits []kaisei.Edit) bool {
	return slices.ContainsFunc(edits, func(e kaisei.Edit) bool { return Concerns(s, e) })
}

// Unsettled reports whether an edit touches what differs between two looks that follow each other.
func Unsettled(e kaisei.Edit, between []kaisei.Edit) bool {
	return slices.ContainsFunc(between, func(d kaisei.Edit) bool {
		return e.After != "" && ja.Key(e.After) == ja.Key(d.After) || e.Before != "" && e.After == "" && ja.Key(e.Before) == ja.Key(d.Before)
	})
}

// Binds reports whether an edit is of a sentence that binds or names a day: nothing that a banner does.
func Binds(e kaisei.Edit) bool {
	for _, text := range []string{e.Before, e.After} {
		if len(ja.Dates(text)) > 0 {
			return true
		}
		for _, s := range ja.Sentences(text) {
			if ja.Strength(s).Rank > ja.RankNone {
				return true
			}
		}
	}
	return false
}

// bannerRunes is the longest line that may be a banner; sameLine is from which likeness on a line was edited and
// not replaced.
const (
	bannerRunes = 120
	sameLine    = 0.5
)

// LikeBanner reports whether an edit looks as if a banner turned: a short line that does not bind came, went or
// gave way to another.
func LikeBanner(e kaisei.Edit) bool {
	if Binds(e) || utf8.RuneCountInString(e.Before) > bannerRunes || utf8.RuneCountInString(e.After) > bannerRunes {
		return false
	}
	switch e.Kind {
	case kaisei.EditAdded, kaisei.EditRemoved:
		return true
	case kaisei.EditChanged:
		return ja.Likeness(ja.Key(e.Before), ja.Key(e.After)) < sameLine
	}
	return false
}

// minLasting is the least length, in characters, of a sentence that lasts.
const minLasting = 8

// Lasting returns the sentences that stand in every one of the readings among the texts of a rotating spot and
// in none of its known texts nor in the latest version: texts rotate in front of them, and they stay.
func Lasting(latest []kaisei.Block, readings [][]kaisei.Block, spots []kaisei.Spot) []string {
	known := map[string]bool{}
	var places [][]string
	for _, s := range spots {
		if s.Rule != RuleRotating || !s.Active() {
			continue
		}
		places = append(places, s.Path)
		for _, v := range s.Values {
			keep(known, v)
		}
	}
	if len(places) == 0 {
		return nil
	}
	for _, b := range latest {
		keep(known, b.Text)
	}
	var out []string
	for i, blocks := range readings {
		here := map[string]bool{}
		for _, b := range blocks {
			if !slices.ContainsFunc(places, func(p []string) bool { return samePath(p, b.Path) }) {
				continue
			}
			for _, s := range ja.Sentences(b.Text) {
				if key := ja.Key(s); utf8.RuneCountInString(key) >= minLasting && !known[key] && !here[key] {
					here[key] = true
					if i == 0 {
						out = append(out, key)
					}
				}
			}
		}
		out = slices.DeleteFunc(out, func(s string) bool { return !here[s] })
	}
	return out
}

// keep adds the sentences of a text to those known.
func keep(known map[string]bool, text string) {
	for _, s := range ja.Sentences(text) {
		known[ja.Key(s)] = true
	}
}
