package render

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

func TestDigestsReadAsTheGoldensDo(t *testing.T) {
	goldens(t, "digest", func(t *testing.T, in []byte) map[string]string {
		var d DigestData
		if err := json.Unmarshal(in, &d); err != nil {
			t.Fatal(err)
		}
		ja := Options{Delivery: "digest/legal/2026-04-06/41-44"}
		text, page := Digest(d, ja)
		en, _ := Digest(d, Options{Lang: English, Width: 90})
		return map[string]string{"subject.txt": DigestSubject(d, ja) + "\n" + DigestSubject(d, Options{Lang: English}) + "\n", "ja.txt": text, "en.txt": en, "digest.html": page}
	}, []string{"subject.txt", "ja.txt", "en.txt", "digest.html"})
}

func TestNoticesReadAsTheGoldensDo(t *testing.T) {
	goldens(t, "notice", func(t *testing.T, in []byte) map[string]string {
		var n NoticeData
		if err := json.Unmarshal(in, &n); err != nil {
			t.Fatal(err)
		}
		o := Options{Delivery: "notice/ops/" + n.Source}
		return map[string]string{"ja.txt": Notice(n, o), "en.txt": Notice(n, Options{Lang: English}), "notice.html": NoticeHTML(n, o)}
	}, []string{"ja.txt", "en.txt", "notice.html"})
}

func TestADigestNamesEveryChangeTheStrongestLayerFirst(t *testing.T) {
	d := DigestData{Since: time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC), First: 1, Last: 300}
	layers := append(kaisei.Layers(), "of-an-operator")
	for i := range 300 {
		d.Changes = append(d.Changes, kaisei.Change{
			ID: fmt.Sprintf("a/b/c%d@1", i), Number: uint64(i + 1), Title: fmt.Sprintf("文書%dゾ", i),
			Layer: layers[i%len(layers)], Severity: kaisei.Severities()[i%5], URL: "https://example.go.jp/",
			Edits: []kaisei.Edit{{Kind: kaisei.EditAdded, After: "条文"}},
		})
	}
	text, page := Digest(d, Options{})
	for _, c := range d.Changes {
		if strings.Count(text, "\n   "+c.ID+"\n") != 1 || strings.Count(page, ">"+c.ID+"<") != 1 {
			t.Fatalf("%s is not told exactly once", c.ID)
		}
	}
	at := -1
	for _, l := range kaisei.Layers() {
		i := strings.Index(text, "── "+LayerName(l, Japanese))
		if i <= at {
			t.Fatalf("layer %s is out of order", l)
		}
		at = i
	}
	rank := 5
	for line := range strings.Lines(text[strings.Index(text, "── "+LayerName(kaisei.LayerLaw, Japanese)):strings.Index(text, "── "+LayerName(kaisei.LayerOrder, Japanese))]) {
		for _, s := range kaisei.Severities() {
			if strings.HasPrefix(line, SeverityMark(s)+" ") {
				if s.Rank() > rank {
					t.Fatalf("%s after a milder one", s)
				}
				rank = s.Rank()
			}
		}
	}
}

func TestAWeekWithoutChangesIsNotSilentAndClaimsNoMoreThanWasSeen(t *testing.T) {
	until := time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)
	d := DigestData{Since: until.AddDate(0, 0, -7), Until: until, First: 42, Last: 41,
		Verified:   []Verified{{Source: "meti/a", Authority: kaisei.Text{JA: "経済産業省"}, Looks: 14}},
		Unverified: []Unverified{{Source: "ppc/news", Title: kaisei.Text{JA: "お知らせ"}, Failures: 3, Cause: kaisei.CauseBotWall}}}
	text, page := Digest(d, Options{})
	for _, want := range []string{"検知した変更はありません", "ただし情報源1か所は確認できていない", "情報源1か所を計14回確認", "お知らせ: 一度も読み取れていません", "失敗3回", "自動アクセスの遮断"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestADayThatIsNotFixedIsNotComingAsIfItWere(t *testing.T) {
	until := time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)
	day := kaisei.Date{Year: 2027, Month: 4, Day: 1}
	d := DigestData{Since: until.AddDate(0, 0, -7), Until: until, Coming: []calendar.Event{
		{Kind: kaisei.ClassConsultationClosing, At: until.Add(time.Hour), On: kaisei.DateOf(until), Title: "本日の締切"},
		{Kind: kaisei.ClassInForce, On: day, Title: "来年の施行"},
		{Kind: kaisei.ClassInForce, On: day, By: day, Title: "来年までの施行", Note: "公布の日から起算して一年を超えない範囲内において政令で定める日"},
		{Kind: kaisei.ClassInForce, By: day, Title: "日を推した施行"},
		{Kind: kaisei.ClassInForce, Title: "いつかの施行", Note: "別に定める日"},
	}}
	text, page := Digest(d, Options{})
	for _, want := range []string{
		"  2026-04-06 10:00 JST（本日）  意見募集の締切  本日の締切\n", "  2027-04-01（あと360日）  施行  来年の施行\n",
		"  遅くとも 2027-04-01（あと360日）  施行（公布の日から起算して一年を超えない範囲内において政令で定める日）  来年までの施行\n",
		"  遅くとも 2027-04-01（あと360日）  施行  日を推した施行\n", "  日未定  施行（別に定める日）  いつかの施行\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.Count(page, "遅くとも 2027-04-01") != 2 || !strings.Contains(page, "日未定") {
		t.Errorf("the page:\n%s", page)
	}
}

func TestMoreDaysAheadThanADigestListsAreCounted(t *testing.T) {
	var d DigestData
	for range digestComing + 3 {
		d.Coming = append(d.Coming, calendar.Event{Kind: kaisei.ClassInForce, Title: "法律"})
	}
	text, page := Digest(d, Options{})
	if want := "ほか3件（kaisei upcoming で一覧）"; !strings.Contains(text, want) || !strings.Contains(page, want) {
		t.Errorf("got\n%s", text)
	}
}

func TestMoreTranslationsBehindThanADigestListsAreCounted(t *testing.T) {
	d := DigestData{Behind: make([]Behind, digestBehind+2)}
	text, page := Digest(d, Options{Lang: English})
	if want := "and 2 more"; !strings.Contains(text, want) || !strings.Contains(page, want) {
		t.Errorf("got\n%s", text)
	}
}
