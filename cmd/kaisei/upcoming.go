package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/publish"
	"kaisei/internal/render"
	"kaisei/internal/web"
)

func (a *app) upcomingCommand() *cobra.Command {
	var until, since, layer, file string
	c := &cobra.Command{
		Use: "upcoming", Short: "List what is coming: days of taking force, deadlines of consultations",
		Long: `upcoming lists what the latest versions of all documents say is coming, in time order: days on which laws and
guidelines take force, openings and deadlines of consultations. A day that is still to be fixed is given with what
it rests on and its last possible day. --ics writes an iCalendar file that calendars can import or subscribe to.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			now := time.Now()
			if since != "" {
				var err error
				if now, err = parseWhen("since", since); err != nil {
					return err
				}
			}
			end, err := parseWhen("until", until)
			if err != nil {
				return err
			}
			if layer != "" && !kaisei.Layer(layer).Known() {
				return usage{fmt.Errorf("--layer %q is not one of %v", layer, kaisei.Layers())}
			}
			if file != "" && a.json {
				return usage{fmt.Errorf("--ics and --json are two forms of the same list: choose one")}
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			all, err := a.events(r)
			if err != nil {
				return err
			}
			list := slices.DeleteFunc(calendar.Coming(all, now), func(e calendar.Event) bool {
				return layer != "" && e.Layer != kaisei.Layer(layer) || !end.IsZero() && late(e, end)
			})
			if file != "" {
				return a.writeICS(file, list)
			}
			return a.printEvents(list)
		},
	}
	f := c.Flags()
	f.StringVar(&until, "until", "", "coming before this day or instant; leaves out what has no day")
	f.StringVar(&since, "since", "", "coming from this day or instant on, instead of now")
	f.StringVar(&layer, "layer", "", "only this layer of the governance stack")
	f.StringVar(&file, "ics", "", "write an iCalendar file here; - is standard output")
	return c
}

// late reports whether an event lies at or after end, or has no day.
func late(e calendar.Event, end time.Time) bool {
	due := e.Due()
	return due.IsZero() || !due.Before(end)
}

// events are those that the latest versions of all documents state.
func (a *app) events(r web.Reader) ([]calendar.Event, error) {
	cat, err := a.catalog()
	if err != nil {
		return nil, err
	}
	docs, err := calendar.Documents(r, time.Time{})
	if err != nil {
		return nil, err
	}
	return calendar.Events(docs, cat.Sources()), nil
}

// writeICS writes the calendar file.
func (a *app) writeICS(file string, list []calendar.Event) error {
	if err := a.writeOut(file, "the calendar", func(w io.Writer) error { return publish.Calendar(w, list, a.writing()) }); err != nil {
		return err
	}
	if file != "-" {
		a.remark("cli.events", file, len(list))
	}
	return nil
}

func (a *app) printEvents(list []calendar.Event) error {
	if a.json {
		for _, e := range list {
			if err := a.printJSON(e); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		a.remark("cli.no-coming")
		return nil
	}
	lang := a.voice()
	var rows [][]string
	for _, e := range list {
		rows = append(rows, []string{
			render.EventDay(e, lang), render.ClassName(e.Kind, lang), render.LayerName(e.Layer, lang), cut(e.AuthorityName.In(lang.ID()), 24), cut(render.EventTitle(e, lang), 80), render.EventDetail(e),
		})
	}
	a.table([]string{"DAY (JST)", "WHAT", "LAYER", "AUTHORITY", "TITLE", "RESTS ON"}, rows)
	return nil
}
