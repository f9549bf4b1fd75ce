package classify

import (
	"regexp"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Clause is what a clause demands by itself.
type Clause struct {
	// Rank is that of its strongest sentence, one of ja's Rank constants, and Ending the words that decide it.
	Rank   int
	Ending string
	// Addressee is whom it binds, as printed, or "" where it binds nobody or names nobody.
	Addressee string
}

// ClauseOf reads one clause as it stands in a block of a document of a layer.
func ClauseOf(text string, kind kaisei.BlockKind, layer kaisei.Layer) Clause {
	ns := norms(text, kind, layer)
	if len(ns) == 0 {
		return Clause{}
	}
	k := strongest(ns)
	return Clause{Rank: ns[k].rank, Ending: ns[k].force.Ending, Addressee: bound(ns, k)}
}

// norm is one sentence with what it demands.
type norm struct {
	text   string
	key    string
	force  ja.Force
	rank   int
	paired bool
}

// norms reads the sentences of a clause.
func norms(text string, kind kaisei.BlockKind, layer kaisei.Layer) []norm {
	sentences := ja.Sentences(text)
	if len(sentences) > maxSentences {
		sentences = sentences[:maxSentences]
	}
	mark, _ := ja.Enumerator(text)
	item := kind == kaisei.BlockItem || mark != ""
	out := make([]norm, 0, len(sentences))
	for _, s := range sentences {
		n := norm{text: s, key: ja.Key(s), force: ja.Strength(s)}
		n.rank = effective(n, item, layer)
		out = append(out, n)
	}
	return out
}

// effective is the rank of a norm where it stands. A bare verb in a bullet of a guideline that ends
// without a full stop or names nobody is a norm by position, as strong as べきである; すること in an
// item of a law lists what the paragraph above it demands and demands nothing itself.
func effective(n norm, item bool, layer kaisei.Layer) int {
	switch {
	case n.force.Bare && guidelineLayers[layer] && item && (!strings.HasSuffix(n.text, "。") || ja.Addressee(n.text) == ""):
		return ja.RankShould
	case n.force.Rank == ja.RankRequired && (layer == kaisei.LayerLaw || layer == kaisei.LayerOrder) && nounEnding(n.force.Ending):
		return ja.RankNone
	}
	return n.force.Rank
}

// byPosition reports that a norm has its rank from where it stands and not from its words.
func (n norm) byPosition() bool { return n.force.Bare && n.rank > ja.RankNone }

// carries reports that a sentence of no rank says what the norm before it covers
// (これには…も含まれる) and so shares its force, whatever that is.
func (n norm) carries() bool { return n.rank == ja.RankNone && carrying.MatchString(n.text) }

var carrying = regexp.MustCompile(`^(?:また、)?(?:これ|それ|上記|前記|その中)(?:ら)?に(?:は|も).*含ま(?:れる|れます)。?$`)

// nounEnding reports whether an ending is the bare すること of a directive.
func nounEnding(ending string) bool {
	return strings.HasSuffix(ending, "こと") && !strings.Contains(ending, "求め") && !strings.Contains(ending, "必要")
}

// strongest returns the place of the sentence that binds hardest, the last of several, or -1
// where there is none.
func strongest(ns []norm) int {
	best := -1
	for i, n := range ns {
		if best < 0 || n.rank >= ns[best].rank {
			best = i
		}
	}
	return best
}

// bound returns whom a sentence of a clause binds: as it says itself, else as the sentence before
// it does, whose topic goes on. What demands nothing binds nobody.
func bound(ns []norm, at int) string {
	if at < 0 || ns[at].rank == ja.RankNone {
		return ""
	}
	for i := at; i >= 0; i-- {
		if who := ja.Addressee(ns[i].text); who != "" || ja.HasTopic(ns[i].text) {
			return who
		}
	}
	return ""
}
