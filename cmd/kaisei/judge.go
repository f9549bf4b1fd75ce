package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kaisei/internal/classify"
	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// judging is how diff judges what differs.
type judging struct {
	asked        bool
	layer, title string
}

func (j *judging) flags(f *pflag.FlagSet) {
	f.BoolVar(&j.asked, "judge", false, "judge the difference: class, severity, shifts of norms, whom it touches, days, and why")
	f.StringVar(&j.layer, "layer", "", "with --judge: the layer of the governance stack (default: guessed from the title)")
	f.StringVar(&j.title, "title", "", "with --judge: the title of the document (default: what NEW calls itself, or its file name)")
}

func (j *judging) check(c *cobra.Command) error {
	if !j.asked && (c.Flags().Changed("layer") || c.Flags().Changed("title")) {
		return usage{errors.New("--layer and --title are for --judge")}
	}
	if j.layer != "" && !kaisei.Layer(j.layer).Known() {
		return usage{fmt.Errorf("--layer %q is not one of %v", j.layer, kaisei.Layers())}
	}
	return nil
}

// judge judges the difference of two local documents and says where it guessed.
func (a *app) judge(j judging, before, after extract.Reading, names []string, edits []kaisei.Edit) (kaisei.Change, error) {
	rules, err := a.rules()
	if err != nil {
		return kaisei.Change{}, err
	}
	text := func(r extract.Reading, name string) classify.Text {
		return classify.Text{Title: r.Title, Name: filepath.Base(name), Format: r.Format, Blocks: r.Blocks}
	}
	old, new := text(before, names[0]), text(after, names[1])
	if j.title != "" {
		new.Title = j.title
	}
	layer := kaisei.Layer(j.layer)
	if layer == "" {
		layer = classify.GuessLayer(new)
		a.remark("cli.guessed-layer", render.LayerName(layer, a.voice()), layer)
	}
	ch := rules.Judge(classify.Pair(old, new, edits, layer, time.Now()))
	ch.SeenAt = time.Time{} // when it was judged says nothing of the texts
	return ch, nil
}

// pairJSON is what diff --judge prints: the edits as without it, and the judgement, in which lists are
// lists and every field of a reason and a shift is there.
type pairJSON struct {
	Edits       []kaisei.Edit   `json:"edits"`
	Title       string          `json:"title"`
	LabelBefore string          `json:"label_before"`
	LabelAfter  string          `json:"label_after"`
	Layer       kaisei.Layer    `json:"layer"`
	Class       kaisei.Class    `json:"class"`
	Severity    kaisei.Severity `json:"severity"`
	Reasons     []reasonJSON    `json:"reasons"`
	Shifts      []shiftJSON     `json:"shifts"`
	Roles       []string        `json:"roles"`
	Themes      []string        `json:"themes"`
	Sectors     []string        `json:"sectors"`
	Dates       kaisei.Dates    `json:"dates"`
	Touches     []kaisei.Touch  `json:"touches"`
	Notes       []kaisei.Text   `json:"notes"`
}

type reasonJSON struct {
	Rule  string      `json:"rule"`
	Text  kaisei.Text `json:"text"`
	Match string      `json:"match"`
	Where string      `json:"where"`
}

type shiftJSON struct {
	Direction    kaisei.Direction `json:"direction"`
	RankBefore   int              `json:"rank_before"`
	RankAfter    int              `json:"rank_after"`
	EndingBefore string           `json:"ending_before"`
	EndingAfter  string           `json:"ending_after"`
	Addressee    string           `json:"addressee"`
	Path         []string         `json:"path"`
	Before       string           `json:"before"`
	After        string           `json:"after"`
}

func judgedPair(c kaisei.Change) pairJSON {
	p := pairJSON{
		Edits: listed(c.Edits), Title: c.Title, LabelBefore: c.LabelBefore, LabelAfter: c.LabelAfter, Layer: c.Layer, Class: c.Class, Severity: c.Severity,
		Reasons: []reasonJSON{}, Shifts: []shiftJSON{}, Roles: list(c.Roles), Themes: list(c.Themes), Sectors: list(c.Sectors), Dates: c.Dates, Touches: list(c.Touches), Notes: list(c.Notes),
	}
	for _, r := range c.Reasons {
		p.Reasons = append(p.Reasons, reasonJSON(r))
	}
	for _, s := range c.Shifts {
		s.Path = list(s.Path)
		p.Shifts = append(p.Shifts, shiftJSON(s))
	}
	return p
}

// list is s as a list that JSON prints as one even where it is empty.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
