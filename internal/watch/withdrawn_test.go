package watch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestADocumentThatIsNeitherListedNorThereIsWithdrawnOnce(t *testing.T) {
	n := newTown(t)
	listed := link("/v1.0.html", "見本指針（第1.0版）本編") + link("/annex.html", "見本指針 別添")
	n.pages["https://mihon.example/v1.0.html"] = version("1.0")
	n.pages["https://mihon.example/annex.html"] = html("別添", duty)
	n.pages["https://mihon.example/index.html"] = html("一覧", listed)
	n.tells("mihon/guideline")

	// Off the list and still there: no news, however long.
	n.pages["https://mihon.example/index.html"] = html("一覧", link("/v1.0.html", "見本指針（第1.0版）本編"))
	for range 4 {
		n.now = n.now.Add(24 * time.Hour)
		n.tells("mihon/guideline")
	}
	annex := n.document("別添")

	// Not there, but listed again: a fault of the site and not a withdrawal.
	n.pages["https://mihon.example/index.html"] = html("一覧", listed)
	n.pages["https://mihon.example/annex.html"] = ""
	for range 5 {
		n.now = n.now.Add(24 * time.Hour)
		n.tells("mihon/guideline")
	}

	// Neither: withdrawn at the third look, once it is three days.
	n.pages["https://mihon.example/index.html"] = html("一覧", link("/v1.0.html", "見本指針（第1.0版）本編"))
	n.pages["https://mihon.example/annex.html"] = html("別添", duty)
	n.now = n.now.Add(24 * time.Hour)
	n.tells("mihon/guideline")
	n.pages["https://mihon.example/annex.html"] = ""
	for range 3 {
		n.now = n.now.Add(24 * time.Hour)
		n.tells("mihon/guideline")
	}
	n.now = n.now.Add(24 * time.Hour)
	told := n.tells("mihon/guideline", annex+" withdrawn")
	if len(told) == 1 && (told[0].Severity != kaisei.High || told[0].URL != "https://mihon.example/annex.html" || told[0].Title == "") {
		t.Errorf("%s %s %q", told[0].Severity, told[0].URL, told[0].Title)
	}
	for range 3 {
		n.now = n.now.Add(24 * time.Hour)
		n.tells("mihon/guideline")
	}
	if v, _, _ := n.db.Head(annex); !v.Gone || v.Seq != 2 {
		t.Errorf("%+v", v)
	}
	if p, _, _ := n.db.Poll("mihon/guideline"); p.PartFailures != 0 {
		t.Errorf("a withdrawn document makes its source fail %d times", p.PartFailures)
	}

	// Back, with a new sentence: a new version, compared with the last text that was there.
	n.pages["https://mihon.example/index.html"] = html("一覧", listed)
	n.pages["https://mihon.example/annex.html"] = html("別添", duty+"<p>この別添は参考である。</p>")
	back := n.tells("mihon/guideline", annex+" new-version")
	if len(back) == 1 && (back[0].Reasons[0].Rule != "class.returned" || len(back[0].Edits) != 1 || !strings.Contains(back[0].Edits[0].After, "参考")) {
		t.Errorf("%+v", back[0])
	}
	n.tells("mihon/guideline")
}

// document returns the document whose ID ends in suffix.
func (n *town) document(suffix string) string {
	n.t.Helper()
	docs, err := n.db.Documents("")
	if err != nil {
		n.t.Fatal(err)
	}
	for _, d := range docs {
		if strings.HasSuffix(d.Document, suffix) {
			return d.Document
		}
	}
	n.t.Fatalf("no document ends in %s", suffix)
	return ""
}

func TestAPageThatIsItsOwnDocumentIsWithdrawnAndComesBackUnchanged(t *testing.T) {
	n := newTown(t)
	const page = "https://mihon.example/notice.html"
	n.pages[page] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.pages[page] = ""
	for range 20 { // an hour apart: often, but not for long
		n.tells("mihon/notice")
	}
	n.pages[page] = html("注意喚起", duty)
	n.tells("mihon/notice") // the count begins anew
	n.pages[page] = ""
	var want []string
	for day := range 6 {
		n.now = n.now.Add(24 * time.Hour)
		want = nil
		if day == 3 {
			want = []string{"mihon/notice withdrawn"}
		}
		n.tells("mihon/notice", want...)
	}
	n.pages[page] = html("注意喚起", duty)
	back := n.tells("mihon/notice", "mihon/notice new-version")
	if len(back) == 1 && len(back[0].Edits) != 0 {
		t.Errorf("the same text came back as %s", fmt.Sprint(back[0].Edits))
	}
	n.tells("mihon/notice")
}
