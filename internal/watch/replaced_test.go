package watch_test

import (
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

const replacedPage = "https://mihon.example/notice.html"

func TestAPageThatIsWhollyReplacedIsBelievedAfterDaysAndNotAfterAnOutage(t *testing.T) {
	n := newTown(t)
	text := html("注意喚起", strings.Repeat(duty, 40)+"<p>附則</p>")
	n.pages[replacedPage] = text
	n.tells("mihon/notice")
	// Words of an outage that are in no list of such words, for two days and a half.
	n.pages[replacedPage] = html("見本省", "<p>庁舎の計画停電に伴い、ホームページの公開を休止しております。再開は月曜日の17時頃を予定しています。</p>")
	if _, looks := n.look("mihon/notice"); looks[0].Cause != kaisei.CauseStandIn {
		t.Errorf("a page in its place is called%s", describe(looks))
	}
	for range 60 {
		n.tells("mihon/notice")
	}
	// The frame around a text that did not load is no page in its place.
	n.pages[replacedPage] = html("注意喚起", "<p>お問い合わせ</p>")
	if _, looks := n.look("mihon/notice"); looks[0].Cause != kaisei.CauseCollapsed {
		t.Errorf("an empty frame is called%s", describe(looks))
	}
	n.pages[replacedPage] = text
	n.tells("mihon/notice")
	if list, err := n.db.Versions("mihon/notice"); err != nil || len(list) != 1 {
		t.Errorf("after the outage there are %d versions: %v", len(list), err)
	}
	// A page that really became another is told, once.
	n.pages[replacedPage] = html("電子計算機の利用", "<p>"+strings.Repeat("本年度の調達の計画を次のとおり定めた。", 20)+"</p>")
	told := 0
	for range int(watch.ReplacedFor.Hours()) + 2 {
		changes, _ := n.look("mihon/notice")
		told += len(changes)
	}
	if told != 1 {
		t.Errorf("a page that became another was told %d times", told)
	}
}

func TestAWebPageInPlaceOfAFileIsOfTheWrongTypeWhateverIsTheMatterWithIt(t *testing.T) {
	n := newTown(t)
	n.pages["https://mihon.example/index.html"] = html("一覧", link("https://mihon.example/shishin.pdf", "見本指針 本編"))
	n.pages["https://mihon.example/shishin.pdf"] = "<!DOCTYPE html><html><head><title>。</title></head><body></body></html>"
	_, looks := n.look("mihon/guideline")
	if len(looks) != 2 || looks[0].Cause != kaisei.CauseWrongType {
		t.Errorf("an empty page at the address of a PDF is called%s", describe(looks))
	}
}

func TestAPageThatIsOnlyAProgramIsABotWall(t *testing.T) {
	n := newTown(t)
	n.pages[replacedPage] = `<html><head><script>document.cookie="t=1";location.reload()</script></head><body></body></html>`
	if _, looks := n.look("mihon/notice"); len(looks) != 1 || looks[0].Cause != kaisei.CauseBotWall {
		t.Errorf("a page that only sets a cookie is called%s", describe(looks))
	}
}
