package noise

import (
	"slices"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// maxValue is the longest text, in bytes, that is remembered as such; of a longer one its beginning and hash are.
const maxValue = 400

// Value is how a text is remembered at a rotating spot.
func Value(text string) string {
	if len(text) <= maxValue {
		return text
	}
	r := []rune(text)
	return string(r[:min(len(r), 60)]) + "…#" + kaisei.Hash([]byte(ja.Key(text)))[:16]
}

func has(values []string, text string) bool {
	key := ja.Key(Value(text))
	return slices.ContainsFunc(values, func(v string) bool { return ja.Key(v) == key })
}

// Bounds of what is remembered of one page.
const (
	MaxSpots  = 64
	MaxValues = 64
)

// Merge adds spots to those known. Spots of the same words are one; rotating spots at one place that share a
// text are one, and their Times add up.
func Merge(known, more []kaisei.Spot) []kaisei.Spot {
	out := slices.Clone(known)
	for _, m := range more {
		i := slices.IndexFunc(out, func(k kaisei.Spot) bool { return sameSpot(k, m) })
		if i < 0 {
			if len(out) < MaxSpots {
				out = append(out, m)
			}
			continue
		}
		k := out[i]
		k.Values = slices.Clone(k.Values)
		for _, v := range m.Values {
			if len(k.Values) < MaxValues && !has(k.Values, v) {
				k.Values = append(k.Values, v)
			}
		}
		k.Times += m.Times
		k.Looks = append(slices.Clone(k.Looks), m.Looks...)
		k.Looks = k.Looks[max(0, len(k.Looks)-MaxLooks):]
		if m.Varied.After(k.Varied) {
			k.Varied = m.Varied
		}
		k.Back = k.Back || m.Back
		out[i] = k
	}
	return out
}

// MaxLooks is how many of the looks that taught a spot are remembered.
const MaxLooks = 8

func sameSpot(a, b kaisei.Spot) bool {
	if a.Rule != b.Rule || !samePath(a.Path, b.Path) {
		return false
	}
	if a.Rule == RuleVolatile {
		return slices.Equal(a.Parts, b.Parts)
	}
	return slices.ContainsFunc(b.Values, func(v string) bool { return v != "" && has(a.Values, v) })
}
