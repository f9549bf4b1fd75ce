// Package doctor explains what is wrong on a machine. A check is a function of what it is given that
// ends soon whatever the machine does, and returns findings: one line each, with what to do. Checks
// change nothing but a file of their own that they remove, send no message, and never show a secret.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"kaisei/internal/kaisei"
)

// Level says how bad a finding is.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warn" // works, and somebody should look
	Fail Level = "fail" // does not work
	Skip Level = "skip" // was not checked, and why
)

// Finding is one line of the doctor.
type Finding struct {
	// Check is the name of the check for scripts, Title for people.
	Check string      `json:"check"`
	Title kaisei.Text `json:"title"`
	Level Level       `json:"level"`
	// Text is what was found, Do what to do where it is not well.
	Text kaisei.Text `json:"text"`
	Do   kaisei.Text `json:"do,omitzero"`
}

// Check looks at one thing.
type Check struct {
	Name  string
	Title kaisei.Text
	// Network marks a check that asks others.
	Network bool
	Run     func(ctx context.Context) []Finding
}

// Timeout bounds one check.
const Timeout = 20 * time.Second

// Run makes the checks, all at once, and returns their findings in the order of the checks. A check
// that does not end in time fails; one that panics fails too.
func Run(ctx context.Context, checks []Check, offline bool) []Finding {
	all := make([][]Finding, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		if offline && c.Network {
			all[i] = []Finding{{Level: Skip, Text: T("--offline のため調べていません", "not looked at, because of --offline")}}
			continue
		}
		wg.Go(func() { all[i] = bounded(ctx, c) })
	}
	wg.Wait()
	var out []Finding
	for i, c := range checks {
		for _, f := range all[i] {
			f.Check, f.Title = c.Name, c.Title
			out = append(out, f)
		}
	}
	return out
}

// bounded makes one check within Timeout. One that hangs is left behind: it is a command that ends.
func bounded(ctx context.Context, c Check) []Finding {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	done := make(chan []Finding, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- []Finding{{Level: Fail, Text: T("検査が異常終了しました: %v", "the check broke: %v", p), Do: T("この内容を開発元に知らせてください。", "Please report this.")}}
			}
		}()
		done <- c.Run(ctx)
	}()
	select {
	case f := <-done:
		return f
	case <-ctx.Done():
		// A check that minds its context has its findings ready in a moment.
		select {
		case f := <-done:
			return f
		case <-time.After(grace):
		}
		return []Finding{{Level: Fail, Text: T("%d秒以内に終わりませんでした", "it did not end within %d seconds", int(Timeout.Seconds())), Do: T("ディスクや回線が止まっていないか確かめてください。", "See whether the disk or the network hangs.")}}
	}
}

// grace is how long a check may take to notice that its time is over.
const grace = time.Second

// Worst is the worst level of the findings.
func Worst(fs []Finding) Level {
	for _, l := range []Level{Fail, Warn} {
		if slices.ContainsFunc(fs, func(f Finding) bool { return f.Level == l }) {
			return l
		}
	}
	return OK
}

// T is a text in both languages, which take the same values.
func T(ja, en string, args ...any) kaisei.Text {
	if len(args) == 0 {
		return kaisei.Text{JA: ja, EN: en}
	}
	return kaisei.Text{JA: fmt.Sprintf(ja, args...), EN: fmt.Sprintf(en, args...)}
}

func one(l Level, text, do kaisei.Text) []Finding { return []Finding{{Level: l, Text: text, Do: do}} }
func fine(text kaisei.Text) []Finding             { return one(OK, text, kaisei.Text{}) }
