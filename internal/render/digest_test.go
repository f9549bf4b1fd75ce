package render

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// week is a digest as JSON, for goldens.
type weekJSON struct {
	Since, Until time.Time
	First, Last  uint64
	Changes      []kaisei.Change
	Verified     []Verified
	Unverified   []Unverified
	Coming       []struct {
		At     time.Time
		Day    kaisei.Date
		Note   string
		Change int
	}
}

func (w weekJSON) data() DigestData {
	d := DigestData{Since: w.Since, Until: w.Until, First: w.First, Last: w.Last, Changes: w.Changes, Verified: w.Verified, Unverified: w.Unverified}
	for _, c := range w.Coming {
		d.Coming = append(d.Coming, Coming{At: c.At, Day: c.Day, Note: c.Note, Change: w.Changes[c.Change]})
	}
	return d
}

func TestDigestsReadAsTheGoldensDo(t *testing.T) {
	goldens(t, "digest", func(t *testing.T, in []byte) map[string]string {
		var w weekJSON
		if err := json.Unmarshal(in, &w); err != nil {
			t.Fatal(err)
		}
		d := w.data()
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
	for _, want := range []string{"検知した変化はありません", "ただし情報源1か所は確認できていない", "情報源1か所を計14回確認", "お知らせ: 一度も読み取れていません", "失敗3回", "自動アクセスの遮断"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestWhatIsPastIsNotComing(t *testing.T) {
	until := time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)
	c := kaisei.Change{Title: "過去の締切", Document: "a/b"}
	d := DigestData{Since: until.AddDate(0, 0, -7), Until: until, Coming: []Coming{
		{At: until.Add(-time.Minute), Change: c},
		{At: until.Add(time.Hour), Change: kaisei.Change{Title: "本日の締切", Document: "a/c"}},
		{Day: kaisei.Date{Year: 2027, Month: 4, Day: 1}, Change: kaisei.Change{Title: "来年の施行", Document: "a/d"}},
		{Day: kaisei.Date{Year: 2027, Month: 4, Day: 1}, Change: kaisei.Change{Title: "来年の施行", Document: "a/d"}},
	}}
	text, _ := Digest(d, Options{})
	if strings.Contains(text, "過去の締切") || !strings.Contains(text, "（本日）") {
		t.Errorf("got\n%s", text)
	}
	if strings.Count(text, "来年の施行") != 1 {
		t.Errorf("one day is told more than once:\n%s", text)
	}
	if !strings.Contains(text, "2027-04-01（あと360日）") {
		t.Errorf("the days left are wrong:\n%s", text)
	}
}
