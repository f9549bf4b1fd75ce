package classify

import (
	"fmt"
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// check tries the rule on its own sentences.
func (r *Rule) check() []error {
	var errs []error
	for _, list := range []struct {
		cases []string
		want  bool
		word  string
	}{{r.Must, true, "must match"}, {r.MustNot, false, "must not match"}} {
		for _, c := range list.cases {
			f, err := r.try(c)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: rule %q: %q: %w", r.Origin(), r.ID, c, err))
				continue
			}
			if _, ok := r.match(f); ok != list.want {
				errs = append(errs, fmt.Errorf("%s: rule %q: %s %q and does the opposite", r.Origin(), r.ID, list.word, c))
			}
		}
	}
	return errs
}

// try makes the facts of one sentence of must or must_not. The sentence stands in every
// field that the rule looks at; "[layer=law class=amended]" in front of it sets facts, and what
// it does not set is as the rule's own conditions want it.
func (r *Rule) try(text string) (*facts, error) {
	f := r.When.satisfied()
	if rest, ok := strings.CutPrefix(text, "["); ok {
		head, tail, closed := strings.Cut(rest, "]")
		if !closed {
			return nil, fmt.Errorf("the conditions are not closed by ]")
		}
		text = strings.TrimSpace(tail)
		for _, field := range strings.Fields(head) {
			key, value, ok := strings.Cut(field, "=")
			if !ok {
				return nil, fmt.Errorf("%q is not of the form key=value", field)
			}
			if err := f.set(key, value); err != nil {
				return nil, err
			}
		}
	}
	f.texts = map[string][]located{}
	for _, l := range r.Look {
		f.texts[l] = append(f.texts[l], locate(text, l))
	}
	return f, nil
}

// satisfied returns facts for which the conditions hold.
func (w When) satisfied() *facts {
	first := func(list []string) string {
		if len(list) > 0 {
			return list[0]
		}
		return ""
	}
	yes := func(b *bool) bool { return b != nil && *b }
	f := &facts{
		event: first(w.Event), class: kaisei.Class(first(w.Class)), layer: kaisei.Layer(first(w.Layer)),
		kind: first(w.Kind), format: first(w.Format), language: first(w.Language), host: first(w.Host),
		item: yes(w.Item), listing: yes(w.Listing), translation: yes(w.Translation), draftBefore: yes(w.DraftBefore), draftAfter: yes(w.DraftAfter),
		edits: max(w.MinEdits, 1), days: w.WithinDays,
	}
	if len(w.Shift) > 0 {
		f.shifts = []kaisei.Shift{{Direction: kaisei.Direction(w.Shift[0]), RankBefore: w.MinRank, RankAfter: w.MinRank}}
	}
	return f
}

// set gives one fact the value that a sentence's conditions name.
func (f *facts) set(key, value string) error {
	number := func(into *int) error {
		n, err := strconv.Atoi(value)
		*into = n
		return err
	}
	flag := func(into *bool) error {
		b, err := strconv.ParseBool(value)
		*into = b
		return err
	}
	switch key {
	case "event":
		f.event = value
	case "class":
		f.class = kaisei.Class(value)
	case "layer":
		f.layer = kaisei.Layer(value)
	case "kind":
		f.kind = value
	case "format":
		f.format = value
	case "language":
		f.language = value
	case "host":
		f.host = value
	case "item":
		return flag(&f.item)
	case "listing":
		return flag(&f.listing)
	case "translation":
		return flag(&f.translation)
	case "draft_before":
		return flag(&f.draftBefore)
	case "draft_after":
		return flag(&f.draftAfter)
	case "edits":
		return number(&f.edits)
	case "days":
		return number(&f.days)
	case "shift":
		f.shifts = nil
		if value != "none" {
			rank := 0
			direction, after, found := strings.Cut(value, ":")
			if found {
				n, err := strconv.Atoi(after)
				if err != nil {
					return err
				}
				rank = n
			}
			f.shifts = []kaisei.Shift{{Direction: kaisei.Direction(direction), RankBefore: rank, RankAfter: rank}}
		}
	default:
		return fmt.Errorf("%q is no condition", key)
	}
	return nil
}
