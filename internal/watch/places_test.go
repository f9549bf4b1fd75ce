package watch_test

import (
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// TestOneTextInSeveralFormsIsToldOnceWithAllItsPlaces follows a version that a ministry posts with the
// amendments shown and worked in, and as Word, and another ministry as a copy.
func TestOneTextInSeveralFormsIsToldOnceWithAllItsPlaces(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.publish("betsu.example", "1.1")
	n.tells("mihon/guideline")
	n.tells("betsu/guideline")
	n.publish("betsu.example", "1.2")
	n.pages["https://mihon.example/v1.2.html"] = version("1.2")
	n.pages["https://mihon.example/m1.2.html"] = html("見え消し", strings.Repeat("<p>消した文と加えた文がともに見える。</p>", 9))
	n.pages[annexIndex] = html("一覧", link("/m1.2.html", "見本指針（第1.2版）本編（見え消し版）")+link("/v1.2.html", "見本指針（第1.2版）本編（溶け込み版）")+link("/v1.2.docx", "見本指針（第1.2版）本編（Word形式：20KB）"))
	told := n.tells("mihon/guideline", "mihon/guideline/main new-version")
	n.tells("betsu/guideline")
	n.tells("mihon/guideline")
	if len(told) != 1 {
		return
	}
	want := []kaisei.Place{
		{Source: "mihon/guideline", URL: "https://mihon.example/m1.2.html", Kind: kaisei.PlaceMarked},
		{Source: "mihon/guideline", URL: "https://mihon.example/v1.2.docx", Kind: "docx"},
	}
	if !slices.Equal(told[0].Places, want) {
		t.Errorf("the places are %+v", told[0].Places)
	}
	for lang, words := range map[string][]string{"ja": {"見え消し版: https://mihon.example/m1.2.html", "Word: https://mihon.example/v1.2.docx"}, "en": {"Amendments shown: https://mihon.example/m1.2.html"}} {
		text := render.Alert(told[0], render.Options{Lang: lang})
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("the alert does not say %q:\n%s", w, text)
			}
		}
	}
	head, _, err := n.db.Head("mihon/guideline/main")
	if err != nil || !slices.Equal(head.Places, want) {
		t.Errorf("the version has the places %+v, %v", head.Places, err)
	}
	c, _, err := n.db.Change("betsu/guideline/main@2")
	if err != nil || c.CopyOf != "mihon/guideline/main@2" || !slices.Contains(c.Places, kaisei.Place{Source: "mihon/guideline", URL: "https://mihon.example/v1.2.html"}) {
		t.Errorf("the copy is %+v, %v", c, err)
	}
}
