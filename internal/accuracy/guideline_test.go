package accuracy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

// Goals of comparing the two versions of the guideline.
const (
	goalRecall    = 0.99
	goalPrecision = 0.97
)

// minSentence is the number of letters from which a sentence is one; shorter ones are
// labels in figures.
const minSentence = 8

// named are changes of the guideline that its readers look for: words that the new
// version added, and where a person reading both finds them.
var named = []struct{ what, words, place string }{
	{"new definition", "AIエージェントとは", "第1部"},
	{"new definition", "エージェンティックAI", "第1部"},
	{"new definition", "フィジカルAIとは", "第1部"},
	{"new definition", "事後学習(Post-training)とは", "第1部"},
	{"第2部 D. has another title", "D.広島AIプロセス「全てのAI関係者向けの広島プロセス国際指針」", "›D.広島AIプロセス"},
	{"第2部 D. is another text", "高度なAIシステムを開発する組織の向けの広島プロセス国際指針」の以下の11の原則は", "第2部"},
	{"the act that is cited", "「人工知能関連技術の研究開発及び活用の推進に関する法律」(令和7年法律第53号)", "はじめに"},
	{"the words added in 公平性 ①", "アルゴリズム、", "3)公平性›①"},
	{"recast: purpose of the training", "推論用データに微細な情報を混入", "5)セキュリティ確保›①"},
}

func measureGuideline(t *testing.T, l *library, r *report) {
	prev, next := l.read(t, "guideline/20250328_1.pdf"), l.read(t, "guideline/20260331_1.pdf")
	old, new := transcribed(t, l, "v1.1"), transcribed(t, l, "v1.2")
	edits := diff.Blocks(prev, next)
	before, after := edited(edits)
	wholeOld, wholeNew := whole(prev), whole(next)
	r.heading("The guideline: 第1.1版 → 第1.2版")
	r.text("`kaisei diff` of the two PDFs of AI事業者ガイドライン 本編, against the pages as somebody else transcribed them. A sentence is what stands between two 。\n"+
		"of a transcribed line, letters only, of %d letters or more; it is *new* (*gone*) where neither the transcription nor the reading of the other version\n"+
		"has these letters in a row. *Recall* is the share of these sentences that stand whole in an edit, on the side of their version; goal %.2f. A sentence\n"+
		"that the reading has otherwise than the transcription (its line breaks fall elsewhere) cannot be judged and is counted apart.", minSentence, goalRecall)
	var rows [][]string
	for _, side := range []struct {
		name                 string
		from, to             []string
		read, other, inEdits string
	}{
		{"new", new, old, wholeNew, wholeOld, after},
		{"gone", old, new, wholeOld, wholeNew, before},
	} {
		all, found, apart := 0, 0, 0
		for _, s := range side.from {
			if slices.Contains(side.to, s) || strings.Contains(side.other, s) {
				continue
			}
			if !strings.Contains(side.read, s) {
				apart++
				t.Logf("read otherwise: %s", s)
				continue
			}
			all++
			if strings.Contains(side.inEdits, s) {
				found++
			} else {
				t.Logf("%s, and in no edit: %s", side.name, s)
			}
		}
		rows = append(rows, []string{side.name, fmt.Sprint(len(side.from)), fmt.Sprint(all), fmt.Sprint(found), share(found, all), fmt.Sprint(apart)})
		if portion(found, all) < goalRecall {
			t.Errorf("%s sentences: recall %s", side.name, share(found, all))
		}
	}
	r.table([]string{"sentences", "in the version", "that differ", "in an edit", "recall", "read otherwise"}, rows)
	measurePrecision(t, r, edits, wholeOld, wholeNew)
	r.text("Changes that readers of this version look for, and where `kaisei diff` shows them:")
	rows = nil
	for _, n := range named {
		where := ""
		for _, e := range edits {
			place := squeeze(strings.Join(e.PathAfter, "›"))
			if shows(e, n.words) && strings.Contains(place, squeeze(n.place)) {
				where = fmt.Sprintf("%s, %s", e.Kind, trail(e.PathAfter))
				break
			}
		}
		if where == "" {
			t.Errorf("%s: %s is not shown in %s", n.what, n.words, n.place)
			where = "**not shown**"
		}
		rows = append(rows, []string{n.what, n.words, where})
	}
	r.table([]string{"change", "words", "shown as"}, rows)
}

func measurePrecision(t *testing.T, r *report, edits []kaisei.Edit, wholeOld, wholeNew string) {
	kinds := map[kaisei.EditKind]int{}
	real := 0
	for _, e := range edits {
		kinds[e.Kind]++
		if differs(e, wholeOld, wholeNew) {
			real++
		} else {
			t.Logf("no difference: %s", show(e))
		}
	}
	r.text("*Precision*: of %d edits (%d added, %d changed, %d removed, %d moved, %d renumbered) %d hold a real difference: %s; goal %.2f. An added or removed text must\n"+
		"not stand in the other version, letters only; a changed one must differ in letters or numbers once note marks are off (前掲脚注 15 → 24 is no difference).",
		len(edits), kinds[kaisei.EditAdded], kinds[kaisei.EditChanged], kinds[kaisei.EditRemoved], kinds[kaisei.EditMoved], kinds[kaisei.EditRenumbered],
		real, share(real, len(edits)), goalPrecision)
	if portion(real, len(edits)) < goalPrecision {
		t.Errorf("%s of the edits hold a difference", share(real, len(edits)))
	}
}

var citedNote = regexp.MustCompile(`(脚注|注)[0-9]+`)

// differs reports whether an edit holds a difference that a reader would call one.
func differs(e kaisei.Edit, wholeOld, wholeNew string) bool {
	switch e.Kind {
	case kaisei.EditAdded:
		return bare(e.After) != "" && !strings.Contains(wholeOld, bare(e.After))
	case kaisei.EditRemoved:
		return bare(e.Before) != "" && !strings.Contains(wholeNew, bare(e.Before))
	case kaisei.EditMoved, kaisei.EditRenumbered:
		return squeeze(trail(e.PathBefore)) != squeeze(trail(e.PathAfter))
	}
	return citedNote.ReplaceAllString(squeeze(e.Before), "$1") != citedNote.ReplaceAllString(squeeze(e.After), "$1")
}

// shows reports whether the words stand in the text after and not in the text before.
func shows(e kaisei.Edit, words string) bool {
	return strings.Contains(squeeze(e.After), squeeze(words)) && !strings.Contains(squeeze(e.Before), squeeze(words))
}

func edited(edits []kaisei.Edit) (before, after string) {
	var b, a strings.Builder
	for _, e := range edits {
		b.WriteString("\n" + bare(e.Before))
		a.WriteString("\n" + bare(e.After))
	}
	return b.String(), a.String()
}

func whole(blocks []kaisei.Block) string {
	var b strings.Builder
	for _, k := range blocks {
		b.WriteString(bare(k.Text))
	}
	return b.String()
}

// transcribed returns the sentences of a version as transcribed, bare, each once, without
// the table of contents.
func transcribed(t *testing.T, l *library, version string) []string {
	t.Helper()
	seen := map[string]bool{}
	var out []string
	for _, page := range l.glob(t, "guideline/"+version+"/*.txt") {
		for line := range strings.Lines(string(l.bytes(t, page))) {
			if contentsDots.MatchString(line) {
				continue
			}
			for sentence := range strings.SplitSeq(line, "。") {
				s := bare(sentence)
				if len([]rune(s)) >= minSentence && !seen[s] {
					seen[s] = true
					out = append(out, s)
				}
			}
		}
	}
	return out
}
