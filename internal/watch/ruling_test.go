package watch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/storage/bolt"
)

const (
	annexIndex = "https://mihon.example/index.html"
	annexes    = "mihon/guideline/"
)

// offer makes the index offer the given links, "path text" each, and every page that has no text yet.
func (n *town) offer(links ...string) {
	var b strings.Builder
	for _, l := range links {
		path, text, _ := strings.Cut(l, " ")
		b.WriteString(link(path, text))
		if u := "https://mihon.example" + path; n.pages[u] == "" {
			n.pages[u] = html(text, duty+"<p>この文書は"+text+"であり、"+path+"に掲げる。</p>")
		}
	}
	n.pages[annexIndex] = html("一覧", b.String())
}

// rule rules and wants it to be accepted.
func (n *town) rule(r kaisei.Ruling, tell bool) kaisei.RulingCommit {
	n.t.Helper()
	r.By = "担当"
	c, err := n.w.Rule(n.t.Context(), r, tell)
	if err != nil {
		n.t.Fatalf("%s %s: %v", r.Action, r.Document, err)
	}
	return c
}

// histories wants each document, below mihon/guideline/, to have so many versions: "name 2".
func (n *town) histories(want ...string) {
	n.t.Helper()
	vs, err := n.db.Documents(annexes)
	if err != nil {
		n.t.Fatal(err)
	}
	var got []string
	for _, v := range vs {
		got = append(got, fmt.Sprintf("%s %d", strings.TrimPrefix(v.Document, annexes), v.Seq))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		n.t.Errorf("the histories are %q, want %q", got, want)
	}
}

// killed goes on as another process would that finds the file as it is at this instant: nothing is
// closed or flushed for it.
func (n *town) killed() {
	n.t.Helper()
	b, err := os.ReadFile(n.db.Path())
	if err != nil {
		n.t.Fatal(err)
	}
	path := filepath.Join(n.t.TempDir(), "after.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		n.t.Fatal(err)
	}
	n.db.Close()
	if n.db, err = bolt.Open(path, bolt.Options{NoSync: true}); err != nil {
		n.t.Fatal(err)
	}
	n.w.Store = n.db
}

// renamed is a town in which a document was retitled, so that its second version was told as new.
func renamed(t *testing.T) *town {
	n := newTown(t)
	n.offer("/a1.html 見本指針 別添 対策集（第1.0版）")
	n.tells("mihon/guideline")
	n.offer("/a2.html 見本指針 別添 安全に使うための手引（第1.1版）")
	n.tells("mihon/guideline", annexes+"見本指針別添安全に使うための手引 new-version")
	return n
}

const (
	oldName = annexes + "見本指針別添対策集"
	newName = annexes + "見本指針別添安全に使うための手引"
)

func TestALinkedDocumentGoesOnInTheOther(t *testing.T) {
	for _, cut := range []bool{false, true} {
		n := renamed(t)
		if cut {
			n.killed() // before the ruling: nothing of it is there
			n.tells("mihon/guideline")
		}
		c := n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: newName, Note: "改題"}, false)
		if len(c.Steps) != 1 || c.Steps[0].Change.Quiet == "" || c.Steps[0].Change.Class != kaisei.ClassNewVersion || len(c.Deliveries) != 0 {
			t.Fatalf("the ruling made %+v", c)
		}
		if cut {
			n.killed()
		}
		n.tells("mihon/guideline")
		n.histories("見本指針別添対策集 2", "見本指針別添安全に使うための手引 1")
		// The page is rewritten in place, and then a version comes at a new address.
		n.pages["https://mihon.example/a2.html"] = html("手引", duty+"<p>この文書は改められた。</p>")
		n.tells("mihon/guideline", oldName+" amended")
		n.offer("/a3.html 見本指針 別添 安全に使うための手引（第1.2版）")
		n.tells("mihon/guideline", oldName+" new-version")
		n.histories("見本指針別添対策集 4", "見本指針別添安全に使うための手引 1")
		rs, err := n.db.Rulings(newName)
		if err != nil || len(rs) != 1 || rs[0].By != "担当" || rs[0].Note != "改題" {
			t.Errorf("the record is %+v, %v", rs, err)
		}
	}
}

func TestAnIndexThatGoesOnOfferingTheOldTitleDoesNotFlip(t *testing.T) {
	for _, label := range []string{"（第1.1版）", ""} { // with and without a label to order by
		n := newTown(t)
		before := "/a1.html 見本指針 別添 対策集" + strings.Replace(label, "1.1", "1.0", 1)
		n.offer(before)
		n.tells("mihon/guideline")
		n.offer(before, "/a2.html 見本指針 別添 安全に使うための手引"+label)
		class := " new-document"
		if label != "" {
			class = " new-version" // a title that names a later version
		}
		n.tells("mihon/guideline", newName+class)
		n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: newName}, false)
		n.tells("mihon/guideline")
		n.tells("mihon/guideline")
		n.histories("見本指針別添対策集 2", "見本指針別添安全に使うための手引 1")
		n.pages["https://mihon.example/a2.html"] = html("手引", duty+"<p>この文書は改められた。</p>")
		n.tells("mihon/guideline", oldName+" amended")
		n.tells("mihon/guideline")
	}
}

func TestALinkIsToldWhenAskedFor(t *testing.T) {
	n := renamed(t)
	n.w.Route = func(c kaisei.Change) []kaisei.Delivery {
		return []kaisei.Delivery{{ID: "alert/x/" + c.ID, Channel: "x", Kind: kaisei.DeliveryAlert, Changes: []string{c.ID}, State: kaisei.DeliveryDue, Due: c.SeenAt}}
	}
	c := n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: newName}, true)
	if c.Steps[0].Change.Quiet != "" || c.Steps[0].Change.Reasons[0].Rule != "ruling.link" {
		t.Errorf("the change is %+v", c.Steps[0].Change)
	}
	due, err := n.db.Due(n.now.Add(time.Hour), 0)
	if err != nil || len(due) != 1 || due[0].ID != "alert/x/"+oldName+"@2" {
		t.Errorf("due: %+v, %v", due, err)
	}
}

func TestAnOlderTextIsLinkedWithoutANewVersion(t *testing.T) {
	n := renamed(t)
	c := n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: newName, Other: oldName}, false)
	if len(c.Steps) != 0 {
		t.Errorf("the ruling made %+v", c.Steps)
	}
	n.offer("/a1.html 見本指針 別添 対策集（第1.0版）", "/a2.html 見本指針 別添 安全に使うための手引（第1.1版）")
	n.tells("mihon/guideline")
	n.histories("見本指針別添対策集 1", "見本指針別添安全に使うための手引 1")
}

// mixed is a town in which two documents of one title were taken for one.
func mixed(t *testing.T) *town {
	n := newTown(t)
	n.offer("/a1.html 見本指針 別添 説明資料（2026年1月10日公表）")
	n.tells("mihon/guideline")
	n.offer("/b1.html 見本指針 別添 説明資料（2026年2月10日公表）")
	told := n.tells("mihon/guideline", mixedName+" new-version")
	if len(told) == 1 && !slices.ContainsFunc(told[0].Notes, func(x kaisei.Text) bool {
		return strings.HasPrefix(x.JA, "自動照合: 題名の一致") && strings.Contains(x.EN, "documents split "+mixedName+" 2")
	}) {
		t.Errorf("the alert does not say that it rests on an automatic match: %+v", told[0].Notes)
	}
	return n
}

const mixedName = annexes + "見本指針別添説明資料"

func TestASplitDocumentGoesOnAsTwo(t *testing.T) {
	for _, cut := range []bool{false, true} {
		n := mixed(t)
		if cut {
			n.killed()
			n.tells("mihon/guideline")
		}
		c := n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: mixedName, Seq: 2}, false)
		if c.Ruling.Other != mixedName+"-2" {
			t.Errorf("the new document is %s", c.Ruling.Other)
		}
		if cut {
			n.killed()
		}
		n.histories("見本指針別添説明資料 3", "見本指針別添説明資料-2 1")
		n.tells("mihon/guideline")
		n.pages["https://mihon.example/b1.html"] = html("説明資料", duty+"<p>この文書は改められた。</p>")
		n.tells("mihon/guideline", mixedName+"-2 amended")
		n.offer("/a1.html 見本指針 別添 説明資料（2026年1月10日公表）")
		n.tells("mihon/guideline")
		n.pages["https://mihon.example/a1.html"] = html("説明資料", duty+"<p>前の文書も改められた。</p>")
		n.tells("mihon/guideline", mixedName+" amended")
		a, _, err := n.db.Version(mixedName, 1)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := n.db.Version(mixedName, 3)
		if err != nil || back.TextHash != a.TextHash || back.Match != kaisei.MatchOperator {
			t.Errorf("the document went back to %+v, %v", back, err)
		}
	}
}

func TestASplitOfAPageRewrittenInPlaceFollowsThePage(t *testing.T) {
	n := newTown(t)
	const page = "https://mihon.example/notice.html"
	n.pages[page] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.pages[page] = html("別の案内", "<p>事業者は、届出をしなければならない。</p>"+duty)
	if told, _ := n.look("mihon/notice"); len(told) != 1 {
		t.Fatalf("told %+v", told)
	}
	n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: "mihon/notice", Seq: 2, Other: "mihon/notice/annai"}, false)
	n.tells("mihon/notice")
	n.pages[page] = html("別の案内", "<p>事業者は、届出をしなければならない。</p>"+duty+"<p>届出は電子的に行う。</p>")
	n.tells("mihon/notice", "mihon/notice/annai amended")
}

func TestAnAddressThatASplitGaveAwayIsNotProbedForTheOldDocument(t *testing.T) {
	n := newTown(t)
	const address = "https://mihon.example/a1.html"
	n.offer("/a1.html 見本指針 別添 説明資料")
	n.tells("mihon/guideline")
	n.pages[address] = html("別の資料", duty+"<p>届出をしなければならない。</p>")
	n.tells("mihon/guideline", mixedName+" amended")
	n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: mixedName, Seq: 2}, false)
	s, _ := n.catalog.Source("mihon/guideline")
	s.Recheck = 30 * 24 * time.Hour
	for day := range 4 {
		n.now = n.now.Add(24 * time.Hour)
		n.pages[address] = html("別の資料", duty+fmt.Sprintf("<p>届出は%d日以内にしなければならない。</p>", 9+day))
		if day == 3 {
			s.Recheck = 0
		}
		r, err := n.w.Check(t.Context(), s, watch.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Changes {
			if day < 3 || c.Document != mixedName+"-2" {
				t.Errorf("day %d told %s", day, c.ID)
			}
		}
		if day == 3 && len(r.Changes) != 1 {
			t.Errorf("the new document's change is not told")
		}
	}
}

func TestADocumentThatTheCatalogueNamesCanBeSplit(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	n.publish("mihon.example", "1.2")
	n.tells("mihon/guideline", "mihon/guideline/main new-version")
	n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: "mihon/guideline/main", Seq: 2}, false)
	n.tells("mihon/guideline")
	n.publish("mihon.example", "1.3")
	n.tells("mihon/guideline", "mihon/guideline/main-2 new-version")
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	n.histories("main 3", "main-2 2")
}

func TestASplitUndoesALink(t *testing.T) {
	n := renamed(t)
	n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: newName}, false)
	n.pages["https://mihon.example/a2.html"] = html("手引", duty+"<p>この文書は改められた。</p>")
	n.tells("mihon/guideline", oldName+" amended")
	c := n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: oldName, Seq: 2}, false)
	if c.Ruling.Other != newName {
		t.Fatalf("the split makes %s and not the document that was linked", c.Ruling.Other)
	}
	n.histories("見本指針別添対策集 4", "見本指針別添安全に使うための手引 2")
	n.tells("mihon/guideline")
	n.offer("/a3.html 見本指針 別添 安全に使うための手引（第1.2版）", "/a1.html 見本指針 別添 対策集（第1.0版）")
	n.tells("mihon/guideline", newName+" new-version")
	n.histories("見本指針別添対策集 4", "見本指針別添安全に使うための手引 3")
}

func TestASplitThatWasMadeIsRefusedAndSoIsTheSecondOfTwoAtOnce(t *testing.T) {
	n := mixed(t)
	split := kaisei.Ruling{Action: kaisei.RuleSplit, Document: mixedName, Seq: 2}
	errs := make(chan error)
	for range 2 {
		go func() {
			_, err := n.w.Rule(t.Context(), split, false)
			errs <- err
		}()
	}
	a, b := <-errs, <-errs
	if (a == nil) == (b == nil) {
		t.Errorf("of two splits at once came %v and %v", a, b)
	}
	refused := func(seq int, says string) {
		t.Helper()
		split.Seq = seq
		if _, err := n.w.Rule(t.Context(), split, false); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("split %d: %v, want an error with %q", seq, err, says)
		}
	}
	refused(2, "version 2 of "+mixedName+" is "+mixedName+"-2 already")
	refused(3, "went back")
	n.histories("見本指針別添説明資料 3", "見本指針別添説明資料-2 1")
	n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: mixedName, Other: mixedName + "-2"}, false)
	refused(2, "split "+mixedName+" 4")
	n.histories("見本指針別添説明資料 4", "見本指針別添説明資料-2 1")
	n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: mixedName, Seq: 4}, false)
	refused(4, "already")
	n.histories("見本指針別添説明資料 5", "見本指針別添説明資料-2 1")
	n.tells("mihon/guideline")
	if rs, _ := n.db.Rulings(""); len(rs) != 3 {
		t.Errorf("%d rulings are recorded", len(rs))
	}
}

func TestASplitTakesTheVersionsUpToTheNextRuling(t *testing.T) {
	n := mixed(t)
	n.offer("/c1.html 見本指針 別添 安全に使うための手引（2026年3月10日公表）")
	n.tells("mihon/guideline", newName+" new-document")
	n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: mixedName, Other: newName}, false)
	c := n.rule(kaisei.Ruling{Action: kaisei.RuleSplit, Document: mixedName, Seq: 2}, false)
	if c.Ruling.Last != 2 {
		t.Errorf("the split took the versions up to %d", c.Ruling.Last)
	}
	n.histories("見本指針別添説明資料 3", "見本指針別添説明資料-2 1", "見本指針別添安全に使うための手引 1")
	n.tells("mihon/guideline")
	n.pages["https://mihon.example/c1.html"] = html("手引", duty+"<p>この文書は改められた。</p>")
	n.tells("mihon/guideline", mixedName+" amended")
}

func TestAConfirmedMatchIsTheOperators(t *testing.T) {
	n := mixed(t)
	n.rule(kaisei.Ruling{Action: kaisei.RuleConfirm, Document: mixedName}, false)
	leads, err := n.db.Leads("mihon/guideline")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leads {
		if l.Document == mixedName && l.Match != kaisei.MatchOperator {
			t.Errorf("the match is %s", l.Match)
		}
	}
	n.tells("mihon/guideline")
	if _, err := n.w.Rule(t.Context(), kaisei.Ruling{Action: kaisei.RuleConfirm, Document: mixedName}, false); err == nil {
		t.Error("there was something to confirm twice")
	}
}

func TestARulingThatCannotBeIsRefusedWithWhatToDo(t *testing.T) {
	n := renamed(t)
	n.publish("betsu.example", "1.1")
	n.tells("betsu/guideline")
	n.rule(kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: newName}, false)
	for _, c := range []struct {
		r    kaisei.Ruling
		says string
	}{
		{kaisei.Ruling{Action: kaisei.RuleLink, Document: "no/such", Other: oldName}, "kaisei documents list"},
		{kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: "no/such"}, "kaisei documents list"},
		{kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: oldName}, "itself"},
		{kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: newName}, "already"},
		{kaisei.Ruling{Action: kaisei.RuleLink, Document: newName, Other: oldName}, "goes on as " + oldName},
		{kaisei.Ruling{Action: kaisei.RuleLink, Document: oldName, Other: "betsu/guideline/main"}, "same_as"},
		{kaisei.Ruling{Action: kaisei.RuleSplit, Document: oldName, Seq: 1}, "1 to 2"},
		{kaisei.Ruling{Action: kaisei.RuleSplit, Document: oldName, Seq: 3}, "1 to 2"},
		{kaisei.Ruling{Action: kaisei.RuleSplit, Document: oldName, Seq: 2, Other: "elsewhere/doc"}, "mihon/guideline/NAME"},
		{kaisei.Ruling{Action: kaisei.RuleSplit, Document: oldName, Seq: 2, Other: oldName}, "--as"},
		{kaisei.Ruling{Action: kaisei.RuleConfirm, Document: "betsu/guideline/main"}, "nothing to confirm"},
		{kaisei.Ruling{Action: "merge", Document: oldName}, "confirm, link or split"},
	} {
		if _, err := n.w.Rule(t.Context(), c.r, false); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want an error with %q", c.r, err, c.says)
		}
	}
	if rs, _ := n.db.Rulings(""); len(rs) != 1 {
		t.Errorf("%d rulings are recorded", len(rs))
	}
}
