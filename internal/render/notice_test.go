package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/blockkit"
	"kaisei/internal/kaisei"
)

// manySick is a notice of n sources in each state, of as many hosts, with long titles.
func manySick(n int) NoticeData {
	at := time.Date(2026, 4, 6, 3, 0, 0, 0, time.UTC)
	var all []NoticeData
	for _, class := range []kaisei.Class{kaisei.ClassSourceFailing, kaisei.ClassSourceImplausible, kaisei.ClassSourceQuiet, kaisei.ClassSourceRecovered} {
		for i := range n {
			all = append(all, NoticeData{
				Class: class, Source: fmt.Sprintf("meti/source-%s-%d", class, i), URL: fmt.Sprintf("https://www%d.meti.go.jp/", i), At: at, Since: at.AddDate(0, 0, -3),
				LastChange: at.AddDate(0, -9, 0), Usual: 40, Cause: kaisei.Causes()[i%len(kaisei.Causes())],
				Title: kaisei.Text{JA: strings.Repeat("長い名前の情報源", 8), EN: strings.Repeat("a source of long name ", 8)},
			})
		}
	}
	first := all[0]
	first.Also, first.Watched = all[1:], 400
	return first
}

// manyMissed is a notice of items that lists missed, with long titles and details.
func manyMissed() NoticeData {
	m := &MissedData{}
	long := kaisei.Text{JA: strings.Repeat("長い名前の一覧", 20), EN: strings.Repeat("a list of long name ", 20)}
	for i := range 2 * maxNoticeSources {
		m.Items = append(m.Items, MissedItem{
			Title: strings.Repeat("長い題名", 50), URL: "https://www.meti.go.jp/", ShownBy: ListName{ID: "meti/news", Title: long}, Missing: ListName{ID: "egov/news", Title: long},
			Cause: MissUnread, Failed: i, Detail: strings.Repeat("詳しい理由", 100),
		})
	}
	return NoticeData{Class: kaisei.ClassSourceMissed, Source: "lists", At: time.Date(2026, 4, 6, 3, 0, 0, 0, time.UTC), Missed: m}
}

func TestANoticeOfManySourcesKeepsTheLimitsOfItsChannelAndSaysWhereToSeeAll(t *testing.T) {
	for name, n := range map[string]NoticeData{"few": manySick(2), "many": manySick(30), "missed": manyMissed()} {
		for _, lang := range []string{Japanese, English} {
			o := Options{Lang: lang, Delivery: "notice/ops/x"}
			teams := NoticeTeams(n, o)
			blocks, fallback := NoticeSlack(n, o)
			if len(teams) > TeamsMaxBytes {
				t.Errorf("%s %s: %d bytes for Teams", name, lang, len(teams))
			}
			for _, p := range blockkit.Check(blocks, fallback) {
				t.Errorf("%s %s: %s", name, lang, p)
			}
			for form, text := range map[string]string{"teams": string(teams), "slack": string(blocks)} {
				if !strings.Contains(text, "kaisei sources ") || !strings.Contains(text, "notice/ops/x") {
					t.Errorf("%s %s %s does not say where to see all", name, lang, form)
				}
				if less := strings.Contains(text, map[string]string{Japanese: "行\"", English: " more lines"}[lang]); less && name == "few" {
					t.Errorf("%s %s %s leaves out what fits", name, lang, form)
				}
			}
		}
	}
}
