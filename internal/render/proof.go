package render

import (
	"cmp"
	"slices"
	"time"

	"kaisei/internal/kaisei"
)

// Proof is what the ledger proves of one source or document over a time.
type Proof struct {
	// Unchanged, New, Suspect and Failed count its looks by what they came to.
	Unchanged, New, Suspect, Failed int
	From, To                        time.Time
	// Gap is the longest time between two looks that read it.
	Gap            time.Duration
	GapFrom, GapTo time.Time
	// Causes counts the looks that failed or were doubted.
	Causes map[kaisei.Cause]int
}

// LooksProof says in lines what the ledger proves.
func LooksProof[L spoken](p Proof, lang L) []string {
	if p.From.IsZero() {
		return []string{say(lang, "proof.none")}
	}
	lines := []string{
		say(lang, "proof.unchanged", thousands(p.Unchanged), clock(p.From), clock(p.To)),
		say(lang, "proof.other", thousands(p.New), thousands(p.Suspect), thousands(p.Failed)),
	}
	if p.Gap > 0 {
		lines = append(lines, say(lang, "proof.gap", Span(p.Gap, lang), clock(p.GapFrom), clock(p.GapTo)))
	}
	causes := make([]kaisei.Cause, 0, len(p.Causes))
	for c := range p.Causes {
		causes = append(causes, c)
	}
	slices.SortFunc(causes, func(a, b kaisei.Cause) int { return cmp.Or(p.Causes[b]-p.Causes[a], cmp.Compare(a, b)) })
	for _, c := range causes {
		line := CauseName(c, lang) + say(lang, "colon") + thousands(p.Causes[c])
		if r := Remedy(c, lang); r != "" {
			line += say(lang, "paren", r)
		}
		lines = append(lines, line)
	}
	return lines
}
