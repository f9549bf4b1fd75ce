package classify

import (
	"fmt"
	"strings"

	"kaisei/internal/kaisei"
)

// maxNamed is how many of each facet a reason names.
const maxNamed = 3

// reason says why a clause touches a use: how the document stands to it, and what the two have in common
// (テーマ『公平性』（バイアス）・役割『AI提供者』が一致).
func (d *document) reason(e evidence) kaisei.Text {
	var lead, ja, en []string
	var leadEN []string
	say := func(j, n string) { lead, leadEN = append(lead, j), append(leadEN, n) }
	switch e.standing {
	case standsLaw:
		say(d.lawReason(e.law.said, annex(e.clause.Edit)))
	case standsNamed:
		say(fmt.Sprintf("題名に根拠法『%s』を含む", e.law.said), fmt.Sprintf("the title names %s, which it rests on", e.law.said))
	case standsFollowed:
		say("注視する文書", "a document that is followed closely")
	}
	add := func(j, n string) { ja, en = append(ja, j), append(en, n) }
	if e.cited {
		add(fmt.Sprintf("根拠法『%s』の引用", e.law.said), fmt.Sprintf("%s is cited", e.law.said))
	}
	for i, n := range e.themes {
		if i == maxNamed {
			break
		}
		j, name := facetOf(kaisei.ThemeNames(), n)
		add("テーマ『"+j+"』", "theme "+name)
	}
	// What a use does not ask for is no match; one role or sector is enough to say so.
	if len(e.roles) > 0 {
		add("役割『"+e.roles[0].match+"』", "role "+english(kaisei.RoleNames(), e.roles[0].value))
	}
	if len(e.sectors) > 0 {
		add("分野『"+japanese(kaisei.SectorNames(), e.sectors[0].value)+"』", "sector "+english(kaisei.SectorNames(), e.sectors[0].value))
	}
	t := kaisei.Text{JA: strings.Join(ja, "・"), EN: strings.Join(en, ", ")}
	if t.JA != "" {
		t.JA += "が一致"
		t.EN += " in common"
	}
	if len(lead) > 0 {
		t.JA = strings.TrimSuffix(lead[0]+"、"+t.JA, "、")
		t.EN = strings.TrimSuffix(leadEN[0]+"; "+t.EN, "; ")
	}
	if annex(e.clause.Edit) && e.standing != standsLaw {
		if d.annexOnly {
			t.JA += "（附則のみの変更で、本則の条文は変わっていない）"
			t.EN += " (only supplementary provisions changed, no article of the body)"
		} else {
			t.JA += "（附則）"
			t.EN += " (supplementary provisions)"
		}
	}
	return t
}

// lawReason says what happened to a law that a use rests on.
func (d *document) lawReason(said string, annexed bool) (ja, en string) {
	switch {
	case d.still && d.change.LastDay():
		return fmt.Sprintf("根拠法『%s』の改正が遅くとも施行される日が来た", said), fmt.Sprintf("the last possible day for an amendment of %s, which it rests on, to take force is here", said)
	case d.still && d.change.Class == kaisei.ClassInForce:
		return fmt.Sprintf("根拠法『%s』の改正の施行日が来た", said), fmt.Sprintf("an amendment of %s, which it rests on, takes force", said)
	case d.still && len(d.change.Edits) == 0 && !d.fresh:
		return fmt.Sprintf("根拠法『%s』に関わる", said), fmt.Sprintf("it concerns %s, which it rests on", said)
	case strings.HasSuffix(d.change.Document, revisionsSuffix):
		return fmt.Sprintf("根拠法『%s』の改正履歴が動いた", said), fmt.Sprintf("the list of revisions of %s, which it rests on, moved", said)
	case strings.Contains(d.change.Document, futureInfix) && d.fresh:
		return fmt.Sprintf("根拠法『%s』の未施行の条文が示された", said), fmt.Sprintf("a text of %s, which it rests on, that is to take force was published", said)
	case d.still && len(d.change.Edits) > 0:
		return fmt.Sprintf("根拠法『%s』は条の番号か位置だけが変わった", said), fmt.Sprintf("only numbers or places of provisions of %s, which it rests on, changed", said)
	case d.still:
		return fmt.Sprintf("根拠法『%s』に関わる", said), fmt.Sprintf("it concerns %s, which it rests on", said)
	case d.annexOnly:
		return fmt.Sprintf("根拠法『%s』は附則だけが変わり、本則の条文は変わっていない", said),
			fmt.Sprintf("only supplementary provisions of %s, which it rests on, changed, no article of the body", said)
	case annexed:
		return fmt.Sprintf("根拠法『%s』の附則が変わった", said), fmt.Sprintf("supplementary provisions of %s, which it rests on, changed", said)
	}
	return fmt.Sprintf("根拠法『%s』の条文が変わった", said), fmt.Sprintf("a provision of %s, which it rests on, changed", said)
}

// facetOf names a facet, with the word that was found where it is another.
func facetOf(names map[string]kaisei.Text, n named) (ja, en string) {
	ja, en = japanese(names, n.value), english(names, n.value)
	if n.match != "" && !strings.Contains(ja, n.match) {
		ja += "（" + n.match + "）"
	}
	if n.match != "" && !strings.EqualFold(en, n.match) {
		en += " (" + n.match + ")"
	}
	return ja, en
}

func japanese(names map[string]kaisei.Text, value string) string {
	if t, ok := names[value]; ok {
		return t.JA
	}
	return value
}

func english(names map[string]kaisei.Text, value string) string {
	if t, ok := names[value]; ok {
		return t.EN
	}
	return value
}
