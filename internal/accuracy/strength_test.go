package accuracy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
)

// goalDirection is the least precision and recall of the directions of shifts, over all.
const goalDirection = 0.97

var directions = []kaisei.Direction{kaisei.Hardened, kaisei.Softened, kaisei.ObligationAdded, kaisei.ObligationRemoved}

// clausePair is a row of testdata/labels/*/strength.tsv: a clause before and after, either
// of which may be missing, and what a reader says of it.
type clausePair struct {
	id, lang, before, after string
	layer                   kaisei.Layer
	direction               kaisei.Direction // "" for none
	rankBefore, rankAfter   int              // -1 for a clause that is missing
	addressee, note         string
}

// clausePairs reads the labelled clause pairs of a part.
func clausePairs(t *testing.T, part string) (out []clausePair) {
	t.Helper()
	for _, c := range labels(t, part, "strength") {
		p := clausePair{id: c["id"], lang: c["lang"], layer: kaisei.Layer(c["layer"]), before: c["before"], after: c["after"],
			direction: kaisei.Direction(c["direction"]), rankBefore: rank(t, c["rank_before"]), rankAfter: rank(t, c["rank_after"]),
			addressee: c["addressee"], note: c["note"]}
		if p.direction == "none" {
			p.direction = ""
		} else if !slices.Contains(directions, p.direction) {
			t.Fatalf("%s: no such direction", p.id)
		}
		out = append(out, p)
	}
	return out
}

// rank reads a rank; -1 where there is none.
func rank(t *testing.T, s string) int {
	t.Helper()
	if s == "" {
		return -1
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// edit is the pair as the one difference of a document.
func (p clausePair) edit() kaisei.Edit {
	e := kaisei.Edit{Kind: kaisei.EditChanged, BlockKind: kaisei.BlockParagraph, Before: p.before, After: p.after}
	switch {
	case p.before == "":
		e.Kind = kaisei.EditAdded
	case p.after == "":
		e.Kind = kaisei.EditRemoved
	}
	return e
}

// judged returns what users are told of the edits in a document of a layer and language.
func judged(r *classify.Rules, layer kaisei.Layer, lang string, edits ...kaisei.Edit) []kaisei.Shift {
	const url = "https://www.example.go.jp/guideline.html"
	return r.Judge(classify.Finding{
		Source: kaisei.Source{ID: "example/guideline", Kind: kaisei.KindPage, Layer: layer, Language: lang, URL: url},
		Target: kaisei.Target{As: kaisei.FollowDocument, Document: "example/guideline", Relevant: true},
		Prev:   &kaisei.Version{Document: "example/guideline", Seq: 1, Snapshot: kaisei.Snapshot{URL: url, Hash: "aa"}},
		Next:   kaisei.Version{Document: "example/guideline", Seq: 2, Title: "指針", Language: lang, Snapshot: kaisei.Snapshot{URL: url, Hash: "bb"}},
		Edits:  edits,
	}).Shifts
}

// strengthScore counts what is told of the pairs of a part.
type strengthScore struct {
	pairs, ranks, rightRanks    int
	labelled, told, right       map[kaisei.Direction]int
	bound, boundTold, boundOK   int
	misses                      []string
	allLabelled, allTold, allOK int
}

func measureStrength(t *testing.T, _ *library, r *report) {
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	r.heading("Normative strength")
	r.text("Pairs of clauses that we wrote after the wording of laws, guidelines and notices, labelled without looking at the rules, each judged as the one difference\n"+
		"of a document of its layer and language. The rules were written against one part; the other was kept for measuring, and nobody who writes rules reads it.\n"+
		"*Precision* is the share of the shifts told that the label has, *recall* the share of the labelled ones that are told. Goals, over all directions of the kept\n"+
		"part: %.2f and %.2f.", goalDirection, goalDirection)
	var shifts, others [][]string
	for _, part := range []string{partRules, partKept} {
		s := strengthOf(rules, clausePairs(t, part))
		for _, d := range directions {
			shifts = append(shifts, []string{part, string(d), fmt.Sprint(s.labelled[d]), fmt.Sprint(s.told[d]), share(s.right[d], s.told[d]), share(s.right[d], s.labelled[d])})
		}
		goal := 0.0
		if part == partKept {
			goal = goalDirection
		}
		shifts = append(shifts, []string{part, "all", fmt.Sprint(s.allLabelled), fmt.Sprint(s.allTold), against(s.allOK, s.allTold, goal), against(s.allOK, s.allLabelled, goal)})
		others = append(others, []string{part, fmt.Sprint(s.pairs), share(s.rightRanks, s.ranks), share(s.boundOK, s.boundTold), share(s.boundOK, s.bound)})
		t.Logf("%s: direction precision %s, recall %s; ranks %s; addressee precision %s, recall %s", part,
			share(s.allOK, s.allTold), share(s.allOK, s.allLabelled), share(s.rightRanks, s.ranks), share(s.boundOK, s.boundTold), share(s.boundOK, s.bound))
		if portion(s.allOK, s.allTold) < goal || portion(s.allOK, s.allLabelled) < goal {
			t.Errorf("%s: the directions are below their goal", part)
		}
		if part == partRules { // the other part is for measuring: its rows are never shown
			for _, m := range s.misses {
				t.Log(m)
			}
		}
	}
	r.table([]string{"part", "direction", "labelled", "told", "precision", "recall"}, shifts)
	r.text("The same pairs: the share of the clauses whose rank (0 to 10) is right, before and after, and who is bound, as printed; nobody where the label names nobody.")
	r.table([]string{"part", "pairs", "ranks right", "addressee precision", "addressee recall"}, others)
}

// strengthOf judges every pair and compares with its labels.
func strengthOf(rules *classify.Rules, pairs []clausePair) strengthScore {
	s := strengthScore{labelled: map[kaisei.Direction]int{}, told: map[kaisei.Direction]int{}, right: map[kaisei.Direction]int{}}
	for _, p := range pairs {
		s.pairs++
		shifts := judged(rules, p.layer, p.lang, p.edit())
		before, after, who := clausesOf(p, shifts)
		var got []string
		found := false
		for _, g := range shifts {
			s.told[g.Direction]++
			s.allTold++
			if g.Direction == p.direction && !found {
				found = true
				s.right[g.Direction]++
				s.allOK++
			}
			got = append(got, string(g.Direction))
		}
		if p.direction != "" {
			s.labelled[p.direction]++
			s.allLabelled++
		}
		for _, side := range [][2]int{{p.rankBefore, before}, {p.rankAfter, after}} {
			if side[0] < 0 {
				continue
			}
			s.ranks++
			if side[0] == side[1] {
				s.rightRanks++
			}
		}
		if p.addressee != "" {
			s.bound++
		}
		if who != "" {
			s.boundTold++
			if who == p.addressee {
				s.boundOK++
			}
		}
		if found != (p.direction != "") || len(shifts) > 1 || p.direction == "" && len(shifts) > 0 || p.rankBefore >= 0 && before != p.rankBefore ||
			p.rankAfter >= 0 && after != p.rankAfter || who != p.addressee {
			s.misses = append(s.misses, fmt.Sprintf("%s (%s): %v %d>%d %q, want %s %d>%d %q\n    %s\n    %s", p.id, p.note, got, before, after, who,
				cmp.Or(p.direction, "none"), p.rankBefore, p.rankAfter, p.addressee, p.before, p.after))
		}
	}
	return s
}

// clausesOf returns the ranks of both clauses and who is bound: as the shift tells, or, where
// none is told, as each clause is read by itself.
func clausesOf(p clausePair, shifts []kaisei.Shift) (before, after int, who string) {
	b := classify.ClauseOf(p.before, kaisei.BlockParagraph, p.layer)
	a := classify.ClauseOf(p.after, kaisei.BlockParagraph, p.layer)
	if len(shifts) > 0 {
		s := shifts[0]
		return s.RankBefore, s.RankAfter, s.Addressee
	}
	if p.after == "" {
		return b.Rank, a.Rank, b.Addressee
	}
	return b.Rank, a.Rank, a.Addressee
}
