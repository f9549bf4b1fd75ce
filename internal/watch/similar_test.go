package watch_test

import (
	"fmt"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// clauses are n clauses of a text about a subject.
func clauses(subject string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>%sに関する第%d項の措置については、事業者は、その内容を記録し、保存するものとする。</p>", subject, i+1)
	}
	return b.String()
}

func TestARetitledVersionIsRecognisedOnlyWhereEverythingSpeaksForIt(t *testing.T) {
	const before, after = "見本指針 別添 AIの安全な利活用に関する手引", "見本指針 別添 AIの安全な利活用の手引き"
	const document = annexes + "見本指針別添aiの安全な利活用に関する手引"
	text := clauses("安全", 30)
	for _, c := range []struct {
		name string
		// stays: the old link stays on the page.
		stays              bool
		title, label, body string
		same               bool
	}{
		{"a version under another title", false, after, "（第1.1版）", text + clauses("追加", 4), true},
		{"the old document is still offered", true, after, "（第1.1版）", text + clauses("追加", 4), false},
		{"an earlier label", false, after, "（第0.9版）", text + clauses("追加", 4), false},
		{"no label to order by", false, after, "", text + clauses("追加", 4), false},
		{"another text", false, after, "（第1.1版）", clauses("調達", 30), false},
		{"a summary of it", false, after + " 概要", "（第1.1版）", text + clauses("追加", 4), false},
		{"another title altogether", false, "見本指針 別添 調達仕様書", "（第1.1版）", text + clauses("追加", 4), false},
		{"a few lines", false, after, "（第1.1版）", duty, false},
	} {
		n := newTown(t)
		old := "/a1.html " + before + "（第1.0版）"
		n.pages["https://mihon.example/a1.html"] = html(before, text)
		if c.name == "a few lines" {
			n.pages["https://mihon.example/a1.html"] = html(before, duty)
		}
		n.offer(old)
		n.tells("mihon/guideline")
		n.pages["https://mihon.example/a2.html"] = html(c.title, c.body)
		links := []string{"/a2.html " + c.title + c.label}
		if c.stays {
			links = append(links, old)
		}
		n.offer(links...)
		told, _ := n.look("mihon/guideline")
		if len(told) != 1 {
			t.Errorf("%s: told %+v", c.name, told)
			continue
		}
		if same := told[0].Document == document; same != c.same {
			t.Errorf("%s: told as %s of %s", c.name, told[0].Class, told[0].Document)
		}
		if c.same {
			if notes := fmt.Sprint(told[0].Notes); !strings.Contains(notes, "自動照合: 題名と本文の類似") {
				t.Errorf("%s: the notes are %s", c.name, notes)
			}
		}
		n.killed()
		n.tells("mihon/guideline")
	}
}

func TestASimilarMatchCanBeConfirmedOrUndone(t *testing.T) {
	const before, after = "見本指針 別添 AIの安全な利活用に関する手引", "見本指針 別添 AIの安全な利活用の手引き"
	const document = annexes + "見本指針別添aiの安全な利活用に関する手引"
	n := newTown(t)
	n.pages["https://mihon.example/a1.html"] = html(before, clauses("安全", 30))
	n.offer("/a1.html " + before + "（第1.0版）")
	n.tells("mihon/guideline")
	n.pages["https://mihon.example/a2.html"] = html(after, clauses("安全", 33))
	n.offer("/a2.html " + after + "（第1.1版）")
	n.tells("mihon/guideline", document+" new-version")
	s, err := n.db.Standings(document)
	if err != nil || len(s) != 1 || s[0].Match() != kaisei.MatchSimilar {
		t.Fatalf("it stands as %+v, %v", s, err)
	}
	n.rule(kaisei.Ruling{Action: kaisei.RuleConfirm, Document: document}, false)
	n.offer("/a3.html " + after + "（第1.2版）")
	n.pages["https://mihon.example/a3.html"] = html(after, clauses("安全", 34))
	n.tells("mihon/guideline", document+" new-version")
	c := n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: document, Seq: 2}, false)
	n.tells("mihon/guideline")
	n.pages["https://mihon.example/a3.html"] = html(after, clauses("安全", 35))
	n.tells("mihon/guideline", c.Ruling.Other+" amended")
}
