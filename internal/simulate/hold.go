package simulate

import (
	"slices"
	"strings"

	"kaisei/internal/kaisei"
)

// Held is what differs between the truth and what people were told.
type Held struct {
	// False are the told changes that no truth accounts for, Missed the true ones that were not told.
	False  []kaisei.Change `json:"false"`
	Missed []Change        `json:"missed"`
}

// Good reports whether people were told the truth.
func (h Held) Good() bool { return len(h.False)+len(h.Missed) == 0 }

// Hold holds what people were told, in the order of the telling, against the truth. Each true change accounts
// for one told change: of its source, with its words before and after. Two true changes of a source that came
// between two looks are told as one, which then bears the words of both.
func Hold(truth []Change, told []kaisei.Change) Held {
	h := Held{False: slices.Clone(told)}
	var accounted []kaisei.Change
	for _, c := range truth {
		i := slices.IndexFunc(h.False, c.bears)
		if i >= 0 {
			accounted = append(accounted, h.False[i])
			h.False = slices.Delete(h.False, i, i+1)
			continue
		}
		if !slices.ContainsFunc(accounted, c.bears) {
			h.Missed = append(h.Missed, c)
		}
	}
	return h
}

// bears reports whether a told change is this one.
func (c Change) bears(k kaisei.Change) bool {
	before, after := Words(k)
	return k.Source == c.Source && strings.Contains(before, c.Before) && strings.Contains(after, c.After)
}

// Words is what a change's edits say, before and after.
func Words(k kaisei.Change) (before, after string) {
	var b, a strings.Builder
	a.WriteString(k.Title)
	for _, e := range k.Edits {
		b.WriteString(e.Before + "\n")
		a.WriteString("\n" + e.After)
	}
	return b.String(), a.String()
}
