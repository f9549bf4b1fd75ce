package kaisei

import (
	"reflect"
	"slices"
	"time"
)

// Judgement is what rules made of a change. A change keeps the judgement by which it was told; a
// later one, made on request when rules have changed, is kept beside it and tells nobody.
type Judgement struct {
	// Number counts the judgements of a store from 1; 0 for the one by which a change was told.
	Number uint64 `json:"number,omitempty"`
	// Change is the ID of the change judged.
	Change string `json:"change"`
	// Rules is the hash of the rules that judged, or "" where that was not noted.
	Rules    string    `json:"rules"`
	At       time.Time `json:"at"`
	Class    Class     `json:"class"`
	Layer    Layer     `json:"layer"`
	Severity Severity  `json:"severity"`
	Reasons  []Reason  `json:"reasons"`
	Shifts   []Shift   `json:"shifts,omitempty"`
	Roles    []string  `json:"roles,omitempty"`
	Themes   []string  `json:"themes,omitempty"`
	Sectors  []string  `json:"sectors,omitempty"`
	Dates    Dates     `json:"dates,omitzero"`
	Touches  []Touch   `json:"touches,omitempty"`
	Quiet    string    `json:"quiet,omitempty"`
}

// Judgement returns the judgement by which a change was told.
func (c Change) Judgement() Judgement {
	return Judgement{
		Change: c.ID, Rules: c.Rules, At: c.SeenAt, Class: c.Class, Layer: c.Layer, Severity: c.Severity, Reasons: c.Reasons, Shifts: c.Shifts,
		Roles: c.Roles, Themes: c.Themes, Sectors: c.Sectors, Dates: c.Dates, Touches: c.Touches, Quiet: c.Quiet,
	}
}

// Judged returns the change as the judgement has it.
func (c Change) Judged(j Judgement) Change {
	c.Rules, c.Class, c.Layer, c.Severity, c.Reasons, c.Shifts = j.Rules, j.Class, j.Layer, j.Severity, j.Reasons, j.Shifts
	c.Roles, c.Themes, c.Sectors, c.Dates, c.Touches, c.Quiet = j.Roles, j.Themes, j.Sectors, j.Dates, j.Touches, j.Quiet
	return c
}

// Differences names what two judgements of one change say differently, in the order in which a
// reader asks: class, layer, severity, shifts, roles, themes, sectors, dates, touches, quiet. Reasons
// are named where nothing else is: the same label for another reason.
func (j Judgement) Differences(o Judgement) []string {
	var out []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"class", j.Class == o.Class}, {"layer", j.Layer == o.Layer}, {"severity", j.Severity == o.Severity},
		{"shifts", sameShifts(j.Shifts, o.Shifts)}, {"roles", slices.Equal(j.Roles, o.Roles)}, {"themes", slices.Equal(j.Themes, o.Themes)},
		{"sectors", slices.Equal(j.Sectors, o.Sectors)}, {"dates", sameDates(j.Dates, o.Dates)}, {"touches", sameTouches(j.Touches, o.Touches)},
		{"quiet", j.Quiet == o.Quiet},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	if len(out) == 0 && !slices.Equal(j.Reasons, o.Reasons) {
		out = append(out, "reasons")
	}
	return out
}

// sameShifts and sameTouches take an empty path for no path: storing leaves either.
func sameShifts(a, b []Shift) bool {
	return slices.EqualFunc(a, b, func(x, y Shift) bool {
		same := slices.Equal(x.Path, y.Path)
		x.Path, y.Path = nil, nil
		return same && reflect.DeepEqual(x, y)
	})
}

func sameTouches(a, b []Touch) bool {
	return slices.EqualFunc(a, b, func(x, y Touch) bool {
		same := slices.Equal(x.Path, y.Path)
		x.Path, y.Path = nil, nil
		return same && reflect.DeepEqual(x, y)
	})
}

func sameDates(a, b Dates) bool {
	return a.Promulgated == b.Promulgated && slices.Equal(a.Effective, b.Effective) && a.Published == b.Published && a.Opens == b.Opens && a.Deadline.Equal(b.Deadline)
}
