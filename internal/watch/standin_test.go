package watch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

func pagesIn(t *testing.T, name string) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return a.Files
}

const noticePage = "https://mihon.example/notice.html"

func realNotice() string {
	return html("見本の注意喚起", duty+strings.Repeat("<p>個人情報の取扱いについては、法令の定めるところによる。</p>", 9))
}

// wantDoubted wants looks that believed nothing, and said why.
func (n *town) wantDoubted(what string, told []kaisei.Change, looks []kaisei.Look) {
	n.t.Helper()
	if len(told) != 0 || len(looks) != 1 || looks[0].Verdict.Good() || !looks[0].Cause.Known() {
		n.t.Errorf("%s: told %d; %s", what, len(told), describe(looks))
	}
}

func (n *town) wantVersions(document string, want int) {
	n.t.Helper()
	if v, err := n.db.Versions(document); err != nil || len(v) != want {
		n.t.Errorf("%s has %d versions, want %d: %v", document, len(v), want, err)
	}
}

func TestAPageThatStandsInForAnotherNeverBecomesAVersion(t *testing.T) {
	for _, f := range pagesIn(t, "standins.txtar") {
		t.Run(f.Name, func(t *testing.T) {
			n := newTown(t)
			// At the first look it does not become the baseline, however long it stays.
			n.pages[noticePage] = string(f.Data)
			for day := range 3 {
				told, looks := n.look("mihon/notice")
				n.wantDoubted(fmt.Sprintf("first look, day %d", day), told, looks)
				n.now = n.now.AddDate(0, 0, 1)
			}
			n.wantVersions("mihon/notice", 0)
			n.pages[noticePage] = realNotice()
			if told, looks := n.look("mihon/notice"); len(told) != 0 || looks[0].Verdict != kaisei.VerdictFirst {
				t.Errorf("the page itself was %s", describe(looks))
			}
			// Later it does not become a version in two days, and its end is no change.
			n.pages[noticePage] = string(f.Data)
			for day := range 3 {
				told, looks := n.look("mihon/notice")
				n.wantDoubted(fmt.Sprintf("later look, day %d", day), told, looks)
				n.now = n.now.AddDate(0, 0, 1)
			}
			n.pages[noticePage] = realNotice()
			if told, looks := n.look("mihon/notice"); len(told) != 0 || looks[0].Verdict != kaisei.VerdictSameBytes && looks[0].Verdict != kaisei.VerdictNotModified {
				t.Errorf("the recovery was %s", describe(looks))
			}
			n.wantVersions("mihon/notice", 1)
		})
	}
}

func TestShortPagesThatAreWhatTheySayAreRead(t *testing.T) {
	for _, f := range pagesIn(t, "realpages.txtar") {
		t.Run(f.Name, func(t *testing.T) {
			words, page, _ := strings.Cut(string(f.Data), "\n")
			n := newTown(t)
			const address = "https://mihon.example/real.html"
			n.pages[address] = page
			n.pages["https://mihon.example/index.html"] = html("一覧", link(address, "別添 "+words))
			_, looks := n.look("mihon/guideline")
			if len(looks) != 2 || looks[0].Verdict != kaisei.VerdictFirst {
				t.Errorf("%s", describe(looks))
			}
		})
	}
}

func TestAPageThatGainsAMaintenanceNoticeIsReadOn(t *testing.T) {
	n := newTown(t)
	n.pages[noticePage] = html("見本の注意喚起", duty)
	n.tells("mihon/notice")
	n.pages[noticePage] = html("見本の注意喚起", "<p>3月14日はメンテナンスのため停止します。ただいまメンテナンス中の場合は、しばらくしてから再度アクセスしてください。</p>"+duty)
	n.tells("mihon/notice", "mihon/notice amended")
}

func TestAnOperatorsWordMakesADoubtedPageAVersion(t *testing.T) {
	n := newTown(t)
	n.pages[noticePage] = html("エラー", "<p>現在メンテナンス中です。</p>")
	told, looks := n.look("mihon/notice")
	n.wantDoubted("without a word", told, looks)
	s, _ := n.catalog.Source("mihon/notice")
	if _, err := n.w.Check(t.Context(), s, watch.Options{All: true, Believe: true}); err != nil {
		t.Fatal(err)
	}
	n.wantVersions("mihon/notice", 1)
	// What was believed once is the page, and later versions of it need no word.
	n.pages[noticePage] = html("エラー", "<p>現在メンテナンス中です。</p><p>3月8日に再開します。</p>")
	n.tells("mihon/notice", "mihon/notice amended")
}

func TestOneStandInAtManyAddressesIsNotBelieved(t *testing.T) {
	n := newTown(t)
	var links strings.Builder
	text := func(i int) string {
		return html(fmt.Sprintf("別添%d", i), strings.Repeat(fmt.Sprintf("<p>様式%dの記載に当たっては、次の事項に留意し、正確に記載する。</p>", i), 20))
	}
	for i := range 4 {
		links.WriteString(link(fmt.Sprintf("https://mihon.example/annex%d.html", i), fmt.Sprintf("見本指針 別添%d 様式", i)))
		n.pages[fmt.Sprintf("https://mihon.example/annex%d.html", i)] = text(i)
	}
	n.pages["https://mihon.example/index.html"] = html("一覧", links.String())
	n.tells("mihon/guideline")
	// A page of no known wording and of some size, the same at each address.
	for i := range 4 {
		n.pages[fmt.Sprintf("https://mihon.example/annex%d.html", i)] = html("見本省", strings.Repeat("<p>本日の見学の受付は終わりました。またのお越しをお待ちしております。</p>", 8))
	}
	for range 3 {
		_, looks := n.look("mihon/guideline")
		believed := 0
		for _, l := range looks {
			if l.Document != "" && l.Verdict.Good() {
				believed++
			}
		}
		if believed > 0 {
			t.Errorf("%d were believed: %s", believed, describe(looks))
		}
	}
	for i := range 4 {
		n.pages[fmt.Sprintf("https://mihon.example/annex%d.html", i)] = text(i)
	}
	n.tells("mihon/guideline")
}

// TestNoRealPageIsTakenForAStandIn reads every web page of the corpus as the first look at a page and as a later one.
func TestNoRealPageIsTakenForAStandIn(t *testing.T) {
	var files []string
	err := filepath.WalkDir("../../../shared/corpus/html", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Skip("the corpus of real documents (../shared/corpus) is not here")
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(f, "/jlt/") {
			continue // in English
		}
		n := newTown(t)
		n.pages[noticePage] = string(body)
		if _, looks := n.look("mihon/notice"); len(looks) != 1 || looks[0].Verdict != kaisei.VerdictFirst {
			t.Errorf("%s: %s", f, describe(looks))
		}
	}
	t.Logf("%d pages", len(files))
}
