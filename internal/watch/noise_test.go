package watch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

// live serves a page that is made anew for each request.
type live struct {
	*town
	turn int
	page func(turn int) string
}

func (l *live) Get(ctx context.Context, r kaisei.Request) (kaisei.Capture, error) {
	if r.URL == notice {
		l.turn++
		l.pages[notice] = l.page(l.turn)
	}
	return l.town.Get(ctx, r)
}

// serve makes the notice a page that differs by request.
func (n *town) serve(page func(turn int) string) *live {
	l := &live{town: n, page: page}
	n.w.Fetch = l
	return l
}

// every is how far apart the looks of a schedule lie.
const every = 3 * time.Hour

// days lets the source be looked at by a schedule, with the further looks that fall due, and returns what was told.
func (n *town) days(id string, days int) []kaisei.Change {
	n.t.Helper()
	var told []kaisei.Change
	s, _ := n.catalog.Source(id)
	for range days * int(24*time.Hour/every) {
		n.now = n.now.Add(every)
		r, err := n.w.Check(n.t.Context(), s, watch.Options{All: true})
		for err == nil {
			told = append(told, r.Changes...)
			if r.Poll.Again.IsZero() || r.Poll.Again.Sub(n.now) > 30*time.Minute {
				break
			}
			n.now = r.Poll.Again
			r, err = n.w.Check(n.t.Context(), s, watch.Options{Waiting: true})
		}
		if err != nil {
			n.t.Fatal(err)
		}
	}
	return told
}

// quiet wants nothing told over some days.
func (n *town) quiet(what string, days int) {
	n.t.Helper()
	if told := n.days("mihon/notice", days); len(told) > 0 {
		n.t.Errorf("%s: told %d times, first %s", what, len(told), edits(told[0]))
	}
}

// alerts wants one change told over a day whose edits hold the words, in order.
func (n *town) alerts(what string, words ...string) {
	n.t.Helper()
	told := n.days("mihon/notice", 1)
	if len(told) != 1 || len(told[0].Edits) != len(words) {
		for _, c := range told {
			n.t.Logf("told %s", edits(c))
		}
		looks, _ := n.db.Looks("mihon/notice", time.Time{}, 12)
		n.t.Errorf("%s: told %d times, want once with %d edits; looks: %s", what, len(told), len(words), describe(looks))
		return
	}
	for i, w := range words {
		if e := told[0].Edits[i]; !strings.Contains(e.Before+"→"+e.After, w) {
			n.t.Errorf("%s: edit %d is %q → %q, want %q in it", what, i, e.Before, e.After, w)
		}
	}
}

func edits(c kaisei.Change) string {
	var b strings.Builder
	for _, e := range c.Edits {
		fmt.Fprintf(&b, "\n  %s %q → %q", e.Kind, e.Before, e.After)
	}
	return b.String()
}

func paragraph(s string) string { return "<p>" + s + "</p>" }

func TestNoiseIsSilentAndARealChangeBesideItIsTold(t *testing.T) {
	banners := []string{
		"職員採用試験の申込みを受け付けています。", "不審な電話にご注意ください。", "オンライン申請の利用者アンケートを実施しています。", "",
		"窓口の受付時間を変更しています。", "夏季の軽装の励行について（お知らせ）", "本サイトは推奨ブラウザの最新版でご覧ください。", "メールマガジンの登録はこちらから。",
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for name, noise := range map[string]func(turn int) string{
		"a counter in running text": func(turn int) string {
			return paragraph(fmt.Sprintf("この手引は、これまでに延べ%dの事業所で使われている。", 1200+7*turn))
		},
		"a labelled counter": func(turn int) string { return paragraph(fmt.Sprintf("閲覧数：%d", 1200+7*turn)) },
		"a clock": func(turn int) string {
			return paragraph(fmt.Sprintf("現在の日時：2026年3月1日 %02d時%02d分%02d秒", turn%24, turn%60, turn*7%60))
		},
		"a request number": func(turn int) string { return paragraph(fmt.Sprintf("整理番号 a%xf3", 0x10000*turn+0xbeef)) },
		"a rotating banner": func(turn int) string {
			if b := banners[turn*3%len(banners)]; b != "" {
				return paragraph(b)
			}
			return ""
		},
		"a banner by chance": func(int) string {
			if b := banners[dice.IntN(len(banners))]; b != "" {
				return paragraph(b)
			}
			return ""
		},
		"two servers in turn": func(turn int) string {
			return paragraph([]string{"お問い合わせは電話で受け付ける。", "お問い合わせは、電話又は電子メールで受け付けています。"}[turn%2])
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := confirming(t)
			rest := func(day, last string) string {
				return paragraph("事業者は、AIの利用の記録を保存するものとする。") + paragraph("届出の期限は令和8年4月"+day+"日とする。") + paragraph("事業者は、安全性を確かめることが望ましい。"+last)
			}
			l := n.serve(nil)
			show := func(day, last string) {
				l.page = func(turn int) string { return html("注意喚起", noise(turn)+rest(day, last)) }
			}
			show("1", "記録は三年間保管する。")
			n.quiet("noise alone", 2)
			show("2", "記録は三年間保管する。")
			n.alerts("a digit", "4月2日")
			n.quiet("noise after a digit", 1)
			show("2", "")
			n.alerts("a removed sentence", "三年間")
			n.quiet("noise after a removed sentence", 1)
		})
	}
}

func TestABlockThatWasNoiseAndGainsASentenceIsAChange(t *testing.T) {
	for name, counter := range map[string]string{
		"a labelled counter":        "閲覧数：%d",
		"a sentence with a counter": "このページは%d回閲覧されています。",
		"a counter learned":         "この手引は、これまでに延べ%dの事業所で使われている。",
	} {
		t.Run(name, func(t *testing.T) {
			n := confirming(t)
			l := n.serve(nil)
			show := func(more string) {
				l.page = func(turn int) string {
					return html("注意喚起", duty+paragraph(fmt.Sprintf(counter, 300+turn)+more))
				}
			}
			show("")
			n.quiet("the counter", 2)
			show("本指針は廃止された。")
			n.alerts("a sentence more", "廃止された")
			n.quiet("the counter with its sentence", 2)
			show("本指針は廃止されていない。")
			n.alerts("the sentence changed", "廃止されていない")
			show("")
			n.alerts("the sentence gone", "廃止されていない")
			n.quiet("the counter at the end", 1)
		})
	}
}

func TestWhatAlternatesIsSilentAndAThirdTextIsTold(t *testing.T) {
	n := confirming(t)
	dice := rand.New(rand.NewPCG(3, 4))
	texts := []string{"お問い合わせは電話で受け付ける。", "お問い合わせは、電話又は電子メールで受け付けています。"}
	l := n.serve(func(turn int) string { return html("注意喚起", duty+paragraph(texts[turn%2])) })
	n.quiet("in turn", 1)
	l.page = func(int) string { return html("注意喚起", duty+paragraph(texts[dice.IntN(2)])) }
	n.quiet("by chance", 6)
	l.page = func(int) string {
		return html("注意喚起", duty+paragraph("お問い合わせの受付は終了した。"))
	}
	n.alerts("a third text", "終了した")
	n.quiet("afterwards", 1)
}

func TestATextSetAsideThatComesToRestIsToldAfterAll(t *testing.T) {
	n := confirming(t)
	texts := []string{"受付は四月に始める。", "受付の開始は五月の予定である。"}
	l := n.serve(func(turn int) string { return html("注意喚起", duty+paragraph(texts[turn%2])) })
	n.quiet("in turn", 1)
	v, _, err := n.db.Latest("mihon/notice")
	if err != nil {
		t.Fatal(err)
	}
	stays := texts[0]
	if strings.Contains(v.Blocks[len(v.Blocks)-1].Text, "四月") {
		stays = texts[1]
	}
	l.page = func(int) string { return html("注意喚起", duty+paragraph(stays)) }
	if told := n.days("mihon/notice", 5); len(told) != 1 {
		t.Errorf("told %d times, want once", len(told))
	}
}

func TestALookAtANoisyPageKeepsNoBody(t *testing.T) {
	n := confirming(t)
	n.serve(func(turn int) string {
		return html("注意喚起", duty+paragraph(fmt.Sprintf("閲覧数：%d", 300+turn)))
	})
	n.quiet("the counter", 1)
	before, err := n.db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	n.quiet("the counter", 2)
	after, err := n.db.Stats()
	if err != nil || after.Bodies != before.Bodies {
		t.Errorf("%d bodies became %d, %v", before.Bodies, after.Bodies, err)
	}
	looks, err := n.db.Looks("mihon/notice", time.Time{}, 1)
	if err != nil || looks[0].Verdict != kaisei.VerdictSameText || !strings.Contains(looks[0].Detail, "access-counter") {
		t.Errorf("the ledger says %s, %v", describe(looks), err)
	}
	seen, _, err := n.db.Seen("mihon/notice", notice)
	if err != nil || len(seen.Aside) != 1 || seen.Aside[0].Count < 20 || seen.Aside[0].Rule != "access-counter" {
		t.Errorf("remembered as set aside: %+v, %v", seen.Aside, err)
	}
}

func TestASentenceBehindABannerThatGoesOnRotatingIsTold(t *testing.T) {
	n := confirming(t)
	banners := []string{
		"【重要】職員を装った不審な電話にご注意ください。", "窓口の受付時間を変更しています。", "利用者アンケートを実施しています。", "",
		"職員採用試験の申込みを受け付けています。", "推奨ブラウザの最新版でご覧ください。", "夏季の軽装の励行について（お知らせ）",
	}
	const lasting = "第2章の規定は、令和9年4月1日から適用する。"
	added := ""
	n.serve(func(turn int) string {
		b := banners[3*turn%len(banners)] + added
		if b != "" {
			b = "<div><p>" + b + "</p></div>"
		}
		return html("注意喚起", b+strings.Repeat(duty, 20))
	})
	n.quiet("banners", 4)
	added = lasting
	told := n.days("mihon/notice", 2)
	if len(told) != 1 || !strings.Contains(edits(told[0]), lasting) {
		looks, _ := n.db.Looks("mihon/notice", time.Time{}, 12)
		t.Errorf("the sentence that stays was told %d times; looks: %s", len(told), describe(looks))
	}
	n.quiet("banners with the sentence", 3)
}
