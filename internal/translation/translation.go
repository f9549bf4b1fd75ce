// Package translation tells which translations are of an earlier version than their original. A translation has
// no effect of its own: who reads one that is behind reads what no longer holds.
package translation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Lag is a translation that has not followed its original.
type Lag struct {
	Original, Translation kaisei.Version
	// Missed counts the versions of the original that are newer, each label once; Since is the day of the first.
	Missed int
	Since  kaisei.Date
}

// Behind reports whether a translation is of an earlier version than the original: by their labels where
// both have one that can be compared, else by the days on which the authority decided or
// posted them. What cannot be told apart is not called behind.
func Behind(original, translation kaisei.Version) bool {
	if original.Gone || translation.Gone {
		return false
	}
	if original.Label != "" && translation.Label != "" {
		if order, ok := ja.CompareLabels(translation.Label, original.Label); ok {
			return order < 0
		}
	}
	o, t := original.Dates, translation.Dates
	switch {
	case !o.Promulgated.IsZero() && !t.Promulgated.IsZero():
		return t.Promulgated.Before(o.Promulgated)
	case !o.Promulgated.IsZero() && !t.Published.IsZero():
		return t.Published.Before(o.Promulgated)
	case !o.Published.IsZero() && !t.Published.IsZero():
		return t.Published.Before(o.Published)
	}
	return false
}

// Issued is the day of a version: decided, else posted, else seen.
func Issued(v kaisei.Version) kaisei.Date {
	for _, d := range []kaisei.Date{v.Dates.Promulgated, v.Dates.Published, v.Published} {
		if !d.IsZero() {
			return d
		}
	}
	return kaisei.DateOf(v.SeenAt)
}

// VersionName names a version for people: by its label, else by its day.
func VersionName(v kaisei.Version) string { return cmp.Or(v.Label, Issued(v).String()) }

// Of is the latest version of a document's translation, the newest where there are several; false where
// there is none that was read. translates names, for each translation, its original; head reads the latest
// version of a document.
func Of(document string, translates map[string]string, head func(string) (kaisei.Version, bool, error)) (best kaisei.Version, ok bool, err error) {
	for _, id := range slices.Sorted(maps.Keys(translates)) {
		if translates[id] != document {
			continue
		}
		v, known, err := head(id)
		if err != nil {
			return best, false, fmt.Errorf("read the latest version of %s: %w", id, err)
		}
		if known && !v.Gone && (!ok || Behind(v, best)) {
			best, ok = v, true
		}
	}
	return best, ok, nil
}

// Lagging measures how far t is behind o, whose versions are given, oldest first.
func Lagging(o, t kaisei.Version, versions []kaisei.Version) Lag {
	l := Lag{Original: o, Translation: t}
	seen := map[string]bool{}
	for _, v := range slices.Backward(versions) {
		if v.Gone {
			continue
		}
		if !Behind(v, t) {
			break
		}
		l.Since = Issued(v)
		seen[VersionName(v)] = true
	}
	l.Missed, l.Since = max(len(seen), 1), cmp.Or(l.Since, Issued(o))
	return l
}

// Lags returns the originals among heads, the latest versions of documents, whose newest translation is
// behind, by their IDs. versions reads those of a document, oldest first.
func Lags(translates map[string]string, heads []kaisei.Version, versions func(document string) ([]kaisei.Version, error)) ([]Lag, error) {
	by := map[string]kaisei.Version{}
	for _, v := range heads {
		by[v.Document] = v
	}
	head := func(id string) (kaisei.Version, bool, error) { v, ok := by[id]; return v, ok, nil }
	var out []Lag
	for _, id := range slices.Compact(slices.Sorted(maps.Values(translates))) {
		o, known := by[id]
		if !known {
			continue
		}
		t, ok, err := Of(id, translates, head)
		if err != nil {
			return nil, err
		}
		if !ok || !Behind(o, t) {
			continue
		}
		all, err := versions(id)
		if err != nil {
			return nil, fmt.Errorf("read the versions of %s: %w", id, err)
		}
		out = append(out, Lagging(o, t, all))
	}
	return out, nil
}
