package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
	"kaisei/notify"
	"kaisei/storage/bolt"
)

func (a *app) ackCommand() *cobra.Command {
	var by, note, assignee string
	var notRelevant, reopen bool
	c := &cobra.Command{
		Use: "ack CHANGE…", Short: "Record that a change was acknowledged, assigned, or is not relevant",
		Long: `ack records who answered a change, how and when. Without a flag the change is acknowledged: it was read and is seen to.
--assign names who sees to it, --not-relevant says that it does not concern you, and why, --reopen takes back what was
answered, so that the change waits again. Answers are only ever added; 'kaisei changes show' prints all of them. An answer that
is recorded already is not recorded twice.`,
		Example: `  kaisei ack meti/ai-guidelines/main@2 --note 法務に共有
  kaisei ack meti/ai-guidelines/main@2 --assign 佐藤
  kaisei ack egov/law/example@3 --not-relevant --note 当社は対象外
  kaisei ack list --open`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			given := kaisei.Answer{
				Action: kaisei.AnswerAcknowledge, By: strings.TrimSpace(by), Note: strings.TrimSpace(note), Assignee: strings.TrimSpace(assignee), Via: kaisei.AnsweredByCommand,
			}
			chosen := 0
			for _, flag := range []struct {
				set    bool
				action kaisei.AnswerAction
			}{{c.Flags().Changed("assign"), kaisei.AnswerAssign}, {notRelevant, kaisei.AnswerNotRelevant}, {reopen, kaisei.AnswerReopen}} {
				if flag.set {
					given.Action = flag.action
					chosen++
				}
			}
			switch {
			case chosen > 1:
				return usage{errors.New("--assign, --not-relevant and --reopen exclude each other")}
			case given.Action == kaisei.AnswerAssign && given.Assignee == "":
				return usage{errors.New("--assign needs the name of who is to see to it")}
			case given.Action == kaisei.AnswerNotRelevant && given.Note == "":
				return usage{errors.New("say with --note why it is not relevant: it is kept with the answer")}
			}
			if given.By == "" {
				given.By = operator()
			}
			if err := given.Check(); err != nil {
				return usage{err}
			}
			return a.ack(c.Context(), args, given)
		},
	}
	f := c.Flags()
	f.StringVar(&by, "by", "", "who answers (default: the user of this machine)")
	f.StringVar(&note, "note", "", "why, for the record")
	f.StringVar(&assignee, "assign", "", "who is to see to it")
	f.BoolVar(&notRelevant, "not-relevant", false, "it does not concern us; needs --note")
	f.BoolVar(&reopen, "reopen", false, "take back what was answered: the change waits again")
	c.AddCommand(a.ackListCommand())
	return c
}

// ack records the same answer of several changes. Where one of them is not there nothing is recorded.
func (a *app) ack(ctx context.Context, changes []string, given kaisei.Answer) error {
	r, done, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer done()
	for i, id := range changes {
		changes[i] = strings.TrimSpace(id)
		if _, ok, err := r.Change(changes[i]); err != nil {
			return err
		} else if !ok {
			return noChange(id)
		}
	}
	for _, id := range changes {
		given.Change, given.At = id, time.Now()
		var stored kaisei.Answer
		var recorded bool
		switch r := r.(type) {
		case *web.Client:
			stored, recorded, err = r.Answer(ctx, given)
		case *bolt.DB:
			stored, recorded, err = r.Answer(given)
		}
		if err != nil {
			return err
		}
		if a.json {
			if err := a.printJSON(ackJSON{id, recorded, stored}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(a.stdout, render.AnswerGiven(id, stored, recorded, a.language()))
	}
	return nil
}

// ackJSON is what became of an answer. Where it was not recorded, Answer is the one that stands.
type ackJSON struct {
	Change   string        `json:"change"`
	Recorded bool          `json:"recorded"`
	Answer   kaisei.Answer `json:"answer"`
}

// noChange says what to do where a change is not there.
func noChange(id string) error {
	return fmt.Errorf("there is no change %q: 'kaisei changes list' names them", id)
}

func (a *app) ackListCommand() *cobra.Command {
	var open bool
	var since, severity string
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List changes that somebody was to answer, newest first", Args: cobra.NoArgs,
		Long: `list prints the changes of high and critical severity with what was answered last, or that nobody answered. Changes from before
this kaisei could record answers are left out, unless somebody answered them.`,
		RunE: func(c *cobra.Command, _ []string) error {
			from, err := parseWhen("since", since)
			if err != nil {
				return err
			}
			if kaisei.Severity(severity).Rank() < 0 {
				return usage{fmt.Errorf("--severity %q is not one of %v", severity, kaisei.Severities())}
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			list, err := notify.Await(r, kaisei.ChangeQuery{Since: from, MinSeverity: kaisei.Severity(severity)})
			if err != nil {
				return err
			}
			if open {
				list = slices.DeleteFunc(list, func(x notify.Awaited) bool { return !x.Open() })
			}
			slices.Reverse(list)
			more := 0
			if limit > 0 && len(list) > limit {
				more, list = len(list)-limit, list[:limit]
			}
			if err := a.printAwaited(list); err != nil {
				return err
			}
			if more > 0 {
				a.remark("cli.more-waiting", more)
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&open, "open", false, "only those that nobody answered")
	f.StringVar(&since, "since", "", "seen from this day or instant on")
	f.StringVar(&severity, "severity", string(notify.AwaitSeverity), "this severity and above")
	f.IntVarP(&limit, "limit", "n", 50, "at most this many; 0 prints all")
	return c
}

// awaitedJSON is a change that somebody was to answer.
type awaitedJSON struct {
	Change   string          `json:"change"`
	Title    string          `json:"title"`
	Class    kaisei.Class    `json:"class"`
	Severity kaisei.Severity `json:"severity"`
	SeenAt   time.Time       `json:"seen_at"`
	Open     bool            `json:"open"`
	Answers  []kaisei.Answer `json:"answers"`
}

func (a *app) printAwaited(awaited []notify.Awaited) error {
	var rows [][]string
	lang := a.language()
	for _, x := range awaited {
		ch := x.Change
		if a.json {
			if err := a.printJSON(awaitedJSON{ch.ID, ch.Title, ch.Class, ch.Severity, ch.SeenAt, x.Open(), list(x.Answers)}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{clock(ch.SeenAt), render.SeverityName(ch.Severity, lang), cut(render.AnswerState(x.Answers, lang), 40), cut(ch.Title, 60), ch.ID})
	}
	if a.json {
		return nil
	}
	if len(rows) == 0 {
		a.remark("cli.no-change")
		return nil
	}
	a.table([]string{"SEEN (JST)", "SEVERITY", "ANSWER", "TITLE", "ID"}, rows)
	return nil
}
