package watch_test

import (
	"strings"
	"testing"
	"time"

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

func TestAChangeBehindAPageThatFlapsIsToldAndNeverLearnedAsNoise(t *testing.T) {
	for name, standIn := range map[string]string{
		"words that a list knows":  "<p>ただいまメンテナンス中です。しばらくたってからアクセスしてください。</p>",
		"words that no list knows": "<p>庁舎の計画停電に伴い、公開を休止しております。</p>",
	} {
		n := newTown(t)
		n.w.Settle = time.Minute
		const first, gone, last = "AI提供者は、表示の付与について専門家の意見を聴くことが重要である。", "AI利用者は、監視の体制を検証するよう努めなければならない。", "地方公共団体は、取扱いを速やかに是正することが期待される。"
		text := html("注意喚起", "<h2>第1章 総則</h2><h3>第4条（目的）</h3><p>"+first+last+gone+"</p><h3>第5条（体制）</h3>"+strings.Repeat(duty, 30))
		changed := strings.Replace(text, gone, "", 1)
		n.pages[replacedPage] = text
		for range 6 { // learned
			n.tells("mihon/notice")
		}
		told := 0
		for i := range 20 {
			n.pages[replacedPage] = []string{changed, html("見本省", standIn)}[i%2]
			n.now = n.now.Add([]time.Duration{11 * time.Minute, 2 * time.Minute}[i%2] - time.Hour)
			changes, _ := n.look("mihon/notice")
			told += len(changes)
			seen, _, err := n.db.Seen("mihon/notice", replacedPage)
			if err != nil {
				t.Fatal(err)
			}
			texts := map[string]bool{}
			for _, k := range seen.Pending.Shown {
				texts[k.Text] = true
			}
			if len(texts) > 1 || len(seen.Spots) > 0 {
				t.Fatalf("%s: %d texts wait as if they rotated, and %d spots were learned", name, len(texts), len(seen.Spots))
			}
		}
		n.pages[replacedPage] = changed
		for range 6 {
			changes, _ := n.look("mihon/notice")
			told += len(changes)
		}
		if told != 1 {
			t.Errorf("%s: a change was told %d times", name, told)
		}
	}
}
