package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/simulate"
)

func (a *app) devHoldCommand() *cobra.Command {
	var late int
	c := &cobra.Command{
		Use: "hold TRUTH", Short: "Hold what was told against the truth of a simulation",
		Long: `hold compares the changes that were told with the truth of 'kaisei dev simulate': TRUTH is the address of its
/_truth, or a file with that answer. It prints what was told falsely and what was missed, and ends with 1 where there is any.
What changed in the last epochs may be told later still: --late N leaves it out where it was not told yet.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.devHold(c.Context(), args[0], late) },
	}
	c.Flags().IntVar(&late, "late", 0, "epochs at the end of which changes may be missing")
	return c
}

// maxTruth bounds the truth that is read.
const maxTruth = 64 << 20

func (a *app) devHold(ctx context.Context, from string, late int) error {
	var truths []datedTruth
	if err := readTruth(ctx, from, &truths); err != nil {
		return fmt.Errorf("read the truth: %w", err)
	}
	r, done, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer done()
	told, err := r.Changes(kaisei.ChangeQuery{})
	if err != nil {
		return err
	}
	var truth []simulate.Change
	recent := 0
	for i, t := range truths {
		truth = append(truth, t.Changes...)
		if i >= len(truths)-late {
			recent += len(t.Changes)
		}
	}
	h := simulate.Hold(truth, told)
	if late > 0 {
		h.Missed = missedBefore(h.Missed, truth[len(truth)-recent:])
	}
	if a.json {
		if err := a.printJSON(h); err != nil {
			return err
		}
	} else {
		a.printHeld(h, len(truths), len(truth))
	}
	if !h.Good() {
		return errReported
	}
	return nil
}

func (a *app) printHeld(h simulate.Held, epochs, changes int) {
	head, falsely, missed := "%d epochs, %d real changes: %d told falsely, %d missed\n", "told falsely", "missed"
	if a.language() == "ja" {
		head, falsely, missed = "%d 段階、実際の変更 %d 件: 誤報 %d 件、見逃し %d 件\n", "誤報", "見逃し"
	}
	fmt.Fprintf(a.stdout, head, epochs, changes, len(h.False), len(h.Missed))
	for _, c := range h.False {
		before, after := simulate.Words(c)
		fmt.Fprintf(a.stdout, "  %s %s %s [-%s-]{+%s+}\n", falsely, clock(c.SeenAt), c.ID, cut(strings.TrimSpace(before), 80), cut(strings.TrimSpace(after), 80))
	}
	for _, c := range h.Missed {
		fmt.Fprintf(a.stdout, "  %s %s %s [-%s-]{+%s+}\n", missed, c.How, c.URL, c.Before, c.After)
	}
}

// missedBefore returns what of the missed is not among the recent, each of which excuses one.
func missedBefore(missed, recent []simulate.Change) []simulate.Change {
	excused := map[simulate.Change]int{}
	for _, c := range recent {
		excused[c]++
	}
	var out []simulate.Change
	for _, c := range missed {
		if excused[c] > 0 {
			excused[c]--
			continue
		}
		out = append(out, c)
	}
	return out
}

// readTruth reads the truth of a simulation from its address or a file.
func readTruth(ctx context.Context, from string, into *[]datedTruth) error {
	if !strings.HasPrefix(from, "http://") {
		b, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, into)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(io.LimitReader(resp.Body, maxTruth)).Decode(into)
}
