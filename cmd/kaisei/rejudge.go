package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/internal/web"
	"kaisei/notify"
	"kaisei/storage/bolt"
)

func (a *app) rejudgeCommand() *cobra.Command {
	var since, until string
	var dry bool
	c := &cobra.Command{
		Use: "rejudge [CHANGE…]", Short: "Judge stored changes again with the rules of today",
		Long: `rejudge judges the named changes, or all, again with the rules as they are now: the same versions, the same day,
today's rules and catalogue. It prints what would be judged differently and why. Nobody is alerted, and no change is
altered: without --dry-run each judgement that differs from the latest is appended beside the change, with the hash
of the rules that made it, and 'kaisei changes show' shows both. A message in Slack that told a change within the
last 30 days is edited to say so where its class or severity differs. While a daemon runs, it is asked to store them.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			q := kaisei.ChangeQuery{Quiet: true}
			var err error
			if q.Since, err = parseWhen("since", since); err != nil {
				return err
			}
			if q.Until, err = parseWhen("until", until); err != nil {
				return err
			}
			if len(args) > 0 && (since != "" || until != "") {
				return usage{errors.New("name changes, or bound them with --since and --until, not both")}
			}
			return a.rejudge(c.Context(), args, q, dry)
		},
	}
	f := c.Flags()
	f.StringVar(&since, "since", "", "only changes seen from this day or instant on")
	f.StringVar(&until, "until", "", "only changes seen before this day or instant")
	f.BoolVar(&dry, "dry-run", false, "print what would be judged differently and store nothing")
	return c
}

// maxBatch is how many judgements are stored in one step.
const maxBatch = 200

func (a *app) rejudge(ctx context.Context, ids []string, q kaisei.ChangeQuery, dry bool) error {
	start := time.Now()
	r, done, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer done()
	list, err := pickChanges(r, ids, q)
	if err != nil {
		return err
	}
	j, hash, err := a.rejudger(r)
	if err != nil {
		return err
	}
	all, left, err := judgeAll(ctx, j, list)
	if err != nil {
		return err
	}
	if !dry {
		cfg, err := a.settings()
		if err != nil {
			return err
		}
		if err := storeJudgements(ctx, r, cfg, all); err != nil {
			return err
		}
	}
	return a.printRejudged(all, left, hash, dry, time.Since(start))
}

// rejudger judges stored changes with the rules and the catalogue of this configuration, and says
// which rules those are.
func (a *app) rejudger(r web.Reader) (*watch.Rejudger, string, error) {
	rules, err := a.rules()
	if err != nil {
		return nil, "", err
	}
	cat, err := a.catalog()
	if err != nil {
		return nil, "", err
	}
	return &watch.Rejudger{Store: r, Rules: rules, Sources: cat.Sources()}, rules.Hash(), nil
}

// pickChanges returns the named changes, or those that q selects.
func pickChanges(r web.Reader, ids []string, q kaisei.ChangeQuery) ([]kaisei.Change, error) {
	if len(ids) == 0 {
		return r.Changes(q)
	}
	var out []kaisei.Change
	for _, id := range ids {
		c, ok, err := r.Change(id)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("there is no change %q: 'kaisei changes list --quiet' names them", id)
		}
		out = append(out, c)
	}
	return out, nil
}

// leftOut is a change that cannot be judged again, and why.
type leftOut struct{ change, why string }

// judgeAll judges changes again; those that cannot be are left out with the reason.
func judgeAll(ctx context.Context, j *watch.Rejudger, list []kaisei.Change) (all []watch.Rejudged, left []leftOut, err error) {
	for _, c := range list {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		one, err := j.Judge(c, time.Now())
		switch {
		case errors.Is(err, watch.ErrNotJudged):
			left = append(left, leftOut{c.ID, strings.TrimPrefix(err.Error(), watch.ErrNotJudged.Error()+": ")})
		case err != nil:
			return nil, nil, fmt.Errorf("judge %s again: %w", c.ID, err)
		default:
			all = append(all, one)
		}
	}
	return all, left, nil
}

// storeJudgements appends the judgements that differ from the latest, in the store or through the
// daemon.
func storeJudgements(ctx context.Context, r web.Reader, c config.Config, all []watch.Rejudged) error {
	var js []kaisei.Judgement
	for _, one := range all {
		if len(one.Differs) > 0 {
			js = append(js, one.After)
		}
	}
	for batch := range slices.Chunk(js, maxBatch) {
		var err error
		switch r := r.(type) {
		case *web.Client:
			_, err = r.Rejudge(ctx, batch)
		case *bolt.DB:
			_, err = rejudgeIn(r, c, batch)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rejudgeIn stores judgements together with the corrections of what Slack was told by them.
func rejudgeIn(db *bolt.DB, c config.Config, js []kaisei.Judgement) ([]kaisei.Judgement, error) {
	var channels []string
	for _, ch := range c.Channels {
		if ch.Type == config.Slack && !ch.Token.IsZero() {
			channels = append(channels, ch.Name)
		}
	}
	ds, err := notify.Corrections(db, js, channels, time.Now())
	if err != nil {
		return nil, err
	}
	return db.Rejudge(js, ds)
}

// rejudgedJSON is one change that is judged differently.
type rejudgedJSON struct {
	Change  string           `json:"change"`
	Differs []string         `json:"differs"`
	Before  kaisei.Judgement `json:"before"`
	After   kaisei.Judgement `json:"after"`
}

func (a *app) printRejudged(all []watch.Rejudged, left []leftOut, hash string, dry bool, took time.Duration) error {
	counts := map[string]int{}
	differ, compared := 0, 0
	lang := a.voice()
	var rows [][]string
	for _, one := range all {
		if one.Edits >= 0 {
			compared++
		}
		if len(one.Differs) == 0 {
			continue
		}
		differ++
		for _, d := range one.Differs {
			counts[d]++
		}
		if a.json {
			if err := a.printJSON(rejudgedJSON{one.Change.ID, one.Differs, one.Before, one.After}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{one.Change.ID, render.JudgementChange(one.Before, one.After, one.Differs, lang), cut(one.Change.Title, 50)})
	}
	if len(rows) > 0 {
		a.table([]string{"CHANGE", "JUDGED DIFFERENTLY", "TITLE"}, rows)
	}
	for _, l := range left {
		a.remark("cli.left", l.change, l.why)
	}
	what := "cli.appended"
	if dry {
		what = "cli.would-append"
	}
	a.remark("cli.rejudged", len(all), hash, differ, countWords(counts, lang), differ, render.Say(lang, what), len(left), fmt.Sprintf("%.1f", took.Seconds()))
	if compared > 0 {
		a.remark("cli.recounted", compared)
	}
	return nil
}

// countWords lists what differs how often: " (severity 3, class 1)".
func countWords(counts map[string]int, lang render.Voice) string {
	var names []string
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, n := range names {
		names[i] = render.Say(lang, "cli.counted", render.JudgedName(n, lang), counts[n])
	}
	if len(names) == 0 {
		return ""
	}
	return render.Say(lang, "paren", strings.Join(names, render.Say(lang, "list")))
}
