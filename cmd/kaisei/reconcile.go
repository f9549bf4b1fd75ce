package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/render"
	"kaisei/internal/watch"
)

func (a *app) sourcesReconcileCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reconcile", Short: "Show what one list carries and another, which should, does not", Args: cobra.NoArgs,
		Long: `reconcile compares what the sources showed lately with each other: the lists that the catalogue expects to
carry the same items ([[source.elsewhere]]). It names items about the subject that one list shows and another never did
within its time, says how well each pair of lists agrees, and which feeds rolled over between two looks. It reads
the store only; the daemon tells the same once to the channel of notices.`,
		RunE: func(c *cobra.Command, _ []string) error {
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			x, err := watch.Compare(r, cat.Sources(), time.Now().UTC())
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(x)
			}
			a.printMisses(x)
			return nil
		},
	}
}

func (a *app) printMisses(x watch.CrossCheck) {
	var rows [][]string
	for _, m := range x.Misses {
		rows = append(rows, []string{cut(m.Title, 60), m.ShownBy, clock(m.Since), m.Missing, a.missReason(m)})
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.stdout, a.say("取りこぼしの可能性のある項目はありません。", "No item is missing from a list that should show it."))
	} else {
		a.table([]string{"TITLE", "SHOWN BY", "SINCE (JST)", "MISSING FROM", "WHY"}, rows)
	}
	rows = nil
	for _, p := range x.Pairs {
		why := ""
		switch {
		case p.Apart:
			why = a.say(clock(p.Since)+" から食い違っています", "apart since "+clock(p.Since))
		case p.Agreed+p.Missed+p.Pending == 0:
			why = a.say("まだ比べるものがありません", "nothing to compare yet")
		}
		rows = append(rows, []string{p.Shown, p.Expected, strconv.Itoa(p.Agreed), strconv.Itoa(p.Missed), strconv.Itoa(p.Pending), why})
	}
	if len(rows) > 0 {
		fmt.Fprintln(a.stdout)
		a.table([]string{"SHOWN BY", "EXPECTED ON", "AGREED", "MISSED", "PENDING", "WHY"}, rows)
	}
	rows = nil
	for _, g := range x.Gaps {
		rows = append(rows, []string{g.Source, clock(g.From) + " – " + clock(g.To), a.gapState(g)})
	}
	if len(rows) > 0 {
		fmt.Fprintln(a.stdout)
		a.table([]string{"SOURCE", "TIME (JST)", "WHY"}, rows)
	}
}

// missReason says whose miss it probably is.
func (a *app) missReason(m watch.Miss) string {
	var s string
	switch m.Cause {
	case watch.MissUnread:
		s = a.say(fmt.Sprintf("こちら側: 一度も読めず（失敗%d回）", m.Failed), fmt.Sprintf("ours: not read once (%d failures)", m.Failed))
	case watch.MissRolled:
		s = a.say("こちら側: フィードが入れ替わった", "ours: the feed rolled over")
	default:
		s = a.say(fmt.Sprintf("先方か読み方: %d回読めた", m.Good), fmt.Sprintf("theirs, or our reading: read %d times", m.Good))
	}
	if m.Held {
		s += a.say("（二つの一覧の一致が少ないため通知せず）", " (not told: the two lists rarely agree)")
	}
	return s
}

// gapState says what became of a gap.
func (a *app) gapState(g watch.FeedGap) string {
	switch {
	case g.Filled.IsZero() && g.Why == "":
		return a.say("入れ替わりで流れた項目があるおそれ。読み戻す一覧はない", "items may have rolled out unseen; no listing to read back")
	case g.Filled.IsZero():
		return a.say("読み戻せていない: ", "not read back: ") + cut(render.Detail(g.Why, a.voice()), 100)
	case g.Read == 0:
		return a.say(g.By+" が同じものを載せる", g.By+" shows the same")
	}
	return a.say(fmt.Sprintf("%s から%d件を読み戻した", g.By, g.Read), fmt.Sprintf("%d items read back from %s", g.Read, g.By))
}

// say is a short text in the language of the terminal.
func (a *app) say(ja, en string) string {
	if a.language() == "en" {
		return en
	}
	return ja
}
