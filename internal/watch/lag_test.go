package watch_test

import (
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/sources"
)

const lagRows = `
[authority]
mihon = { ja = "見本省", en = "Ministry of Samples" }

[[source]]
id = "mihon/guideline"
authority = "mihon"
title = { ja = "見本指針", en = "Sample guideline" }
kind = "index"
url = "https://mihon.example/index.html"
schedule = "0 * * * *"
layer = "business-guideline"
language = "ja"

  [[source.follow]]
  text = 'English'
  as = "document"
  document = "main-en"
  title = "Sample Guideline"
  language = "en"
  translates = "mihon/guideline/main"

  [[source.follow]]
  text = '本編'
  as = "document"
  document = "main"
  title = "見本指針 本編"
`

func newTranslatingTown(t *testing.T) *town {
	n := newTown(t)
	var err error
	if n.catalog, err = sources.Load(sources.File{Name: "lag.toml", Data: []byte(lagRows)}); err != nil {
		t.Fatal(err)
	}
	n.w.Catalog, n.w.Translates = n.catalog, map[string]string{"mihon/guideline/main-en": "mihon/guideline/main"}
	return n
}

func (n *town) pair(original, translation string) {
	n.pages["https://mihon.example/v"+original+".html"] = version(original)
	n.pages["https://mihon.example/en"+translation+".html"] = html("Sample Guideline Version "+translation, "<p>Business operators shall keep records of version "+translation+".</p>")
	n.pages["https://mihon.example/index.html"] = html("一覧", link("/v"+original+".html", "見本指針（第"+original+"版）本編")+link("/en"+translation+".html", "Sample Guideline (Version "+translation+") English"))
}

func TestATranslationThatDoesNotFollowIsTold(t *testing.T) {
	n := newTranslatingTown(t)
	n.pair("1.1", "1.1")
	n.look("mihon/guideline")
	n.elapses("2026-03-31 12:00")

	n.pair("1.2", "1.1")
	told := n.tells("mihon/guideline", "mihon/guideline/main new-version")
	if len(told) == 1 && !strings.Contains(notesIn(told[0]), "英語版はVersion 1.1のまま") {
		t.Errorf("the change does not say that the English has not followed: %+v", told[0].Notes)
	}
	n.elapses("2026-04-29 23:59")
	n.elapses("2026-04-30 00:00", "mihon/guideline/main-en@lag-第1.2版-30")
	n.elapses("2026-05-01 00:00")
	c, ok, err := n.db.Change("mihon/guideline/main-en@lag-第1.2版-30")
	if err != nil || !ok || c.Class != kaisei.ClassTranslationLag || c.Severity != kaisei.Low || c.Layer != kaisei.LayerBusinessGuideline || c.Language != "en" {
		t.Errorf("%v %v %s %s %s %s", ok, err, c.Class, c.Severity, c.Layer, c.Language)
	}
	for _, want := range []string{"Version 1.1のまま", "第1.2版", "1版・30日の遅れ"} {
		if !strings.Contains(notesIn(c), want) {
			t.Errorf("the lag lacks %q: %+v", want, c.Notes)
		}
	}
	n.restart()
	n.elapses("2026-06-29 00:00", "mihon/guideline/main-en@lag-第1.2版-90")

	// Two versions behind: counted from the first that was missed, told 30 days after the second.
	n.pair("1.3", "1.1")
	n.tells("mihon/guideline", "mihon/guideline/main new-version")
	n.elapses("2026-07-29 00:00", "mihon/guideline/main-en@lag-第1.3版-30")
	if c, _, _ := n.db.Change("mihon/guideline/main-en@lag-第1.3版-30"); !strings.Contains(notesIn(c), "2版・120日の遅れ") {
		t.Errorf("two versions behind: %+v", c.Notes)
	}
	// Its own change tells that it follows.
	n.pair("1.3", "1.3")
	told = n.tells("mihon/guideline", "mihon/guideline/main-en translation-published")
	n.elapses("2027-07-29 00:00")
	if len(told) == 1 && strings.Contains(notesIn(told[0]), "のまま") {
		t.Errorf("a translation that follows is called behind: %+v", told[0].Notes)
	}
}

func TestALagThatWasThereAtTheFirstLookIsToldOnlyWhenItGrowsOld(t *testing.T) {
	n := newTranslatingTown(t)
	n.pair("1.2", "1.1") // seen on 2026-03-01, and no day is printed
	n.look("mihon/guideline")
	n.elapses("2026-03-30 23:59")
	n.elapses("2026-07-01 00:00", "mihon/guideline/main-en@lag-第1.2版-90") // after a stop, the most urgent only
	n.elapses("2026-07-02 00:00")
}

func notesIn(c kaisei.Change) string {
	var all []string
	for _, n := range c.Notes {
		all = append(all, n.JA)
	}
	return strings.Join(all, "\n")
}
