package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/notify"
)

func (a *app) routesCommand() *cobra.Command {
	return group("routes", "See and explain who is told of what", a.routesListCommand(), a.routesExplainCommand())
}

func (a *app) routesListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Draw the tree of routes", Args: cobra.NoArgs,
		Long: `list draws the routes of the configuration: each with its conditions, the channels that it tells, and when. Without
any [[route]] each channel is a route of its own, by its own conditions.`,
		RunE: func(*cobra.Command, []string) error {
			r, err := a.router()
			if err != nil {
				return err
			}
			steps := r.Tree()
			if a.json {
				for _, s := range steps {
					if err := a.printJSON(s); err != nil {
						return err
					}
				}
				return nil
			}
			o := a.printing()
			fmt.Fprint(a.stdout, render.RouteTree(steps, o))
			a.printChannels(r.Channels)
			return nil
		},
	}
}

// printChannels says of each channel what it is told apart from routes.
func (a *app) printChannels(channels []notify.Channel) {
	lang := a.voice()
	var rows [][]string
	for _, ch := range channels {
		var what []string
		if ch.Notices {
			what = append(what, render.Words("channel.notices", lang))
		}
		if ch.Digest.Cadence != "" {
			what = append(what, render.Words("channel.digest-"+string(ch.Digest.Cadence), lang))
			if ch.Digest.Business {
				what = append(what, render.Words("channel.digest-business", lang))
			}
		}
		if h := ch.Hours.String(); h != "" {
			what = append(what, render.HoursName(h, lang))
		}
		rows = append(rows, []string{ch.Name, ch.Language, strings.Join(what, render.Words("channel.and", lang))})
	}
	fmt.Fprintln(a.stdout)
	a.table([]string{"CHANNEL", "LANGUAGE", "ALSO"}, rows)
}

func (a *app) routesExplainCommand() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use: "explain CHANGE", Short: "Say for every route whether a change matches it and why, and who is told when", Args: cobra.ExactArgs(1),
		Long: `explain asks the routes of the configuration as it is today about a stored change and says for each whether it
matches and why, which channels are told, in which language, and when. It sends nothing.`,
		RunE: func(c *cobra.Command, args []string) error {
			now, err := parseWhen("at", at)
			if err != nil {
				return err
			}
			if now.IsZero() {
				now = time.Now()
			}
			router, err := a.router()
			if err != nil {
				return err
			}
			ch, err := a.storedChange(c, args[0])
			if err != nil {
				return err
			}
			trace := router.Trace(ch, now)
			if a.json {
				return a.printJSON(trace)
			}
			o := a.printing()
			fmt.Fprintf(a.stdout, "%s %s\n   %s\n\n%s", render.SeverityMark(ch.Severity), render.Headline(ch, o), ch.ID, render.Routing(trace, o))
			return nil
		},
	}
	c.Flags().StringVar(&at, "at", "", "as if found on this day or at this instant (default: now)")
	return c
}

// storedChange reads a change by its ID.
func (a *app) storedChange(c *cobra.Command, id string) (kaisei.Change, error) {
	r, done, err := a.reader(c.Context())
	if err != nil {
		return kaisei.Change{}, err
	}
	defer done()
	ch, ok, err := r.Change(id)
	if err == nil && !ok {
		err = noChange(id)
	}
	return ch, err
}

// router makes the operator's router.
func (a *app) router() (*notify.Router, error) {
	c, err := a.settings()
	if err != nil {
		return nil, err
	}
	cat, err := a.catalog()
	if err != nil {
		return nil, err
	}
	return routerOf(c, cat.Sources()), nil
}

// routerOf makes a router of a configuration. Sources are those of the catalogue.
func routerOf(c config.Config, sources []kaisei.Source) *notify.Router {
	by := map[string]int{}
	for i, s := range sources {
		by[s.ID] = i
	}
	return &notify.Router{
		Channels: channelsOf(c), Routes: routesOf(c.Routes),
		Source: func(id string) (kaisei.Source, bool) {
			i, ok := by[id]
			if !ok {
				return kaisei.Source{}, false
			}
			return sources[i], true
		},
	}
}

func channelsOf(c config.Config) []notify.Channel {
	var out []notify.Channel
	for _, ch := range c.Channels {
		out = append(out, notify.Channel{
			Name: ch.Name, Language: ch.Language, Alerts: ch.Alerts, Notices: ch.Notices, Digest: notify.Rhythm{Cadence: notify.Cadence(ch.Digest), Business: ch.DigestHolidays == config.NextBusinessDay}, Hours: hoursOf(ch.Hours),
			MinSeverity: kaisei.Severity(ch.MinSeverity), Layers: as[kaisei.Layer](ch.Layers), Classes: as[kaisei.Class](ch.Classes),
			Sources: ch.Sources, UseCases: ch.UseCases,
		})
	}
	return out
}

func escalationsOf(c config.Config) []notify.Escalation {
	var out []notify.Escalation
	for _, e := range c.Escalations {
		out = append(out, notify.Escalation{After: time.Duration(e.After), Channels: e.Channels})
	}
	return out
}

func routesOf(routes []config.Route) []notify.Route {
	var out []notify.Route
	for _, r := range routes {
		out = append(out, notify.Route{
			Name: r.Name, Notices: r.Notices, Channels: r.Channels, Continue: r.Continue, Default: r.Default,
			Hours: hoursOf(r.Hours), Routes: routesOf(r.Routes),
			If: notify.Conditions{
				MinSeverity: kaisei.Severity(r.MinSeverity), Layers: r.Layers, Authorities: r.Authorities, Sources: r.Sources, Classes: r.Classes,
				Shifts: r.Shifts, Themes: r.Themes, Roles: r.Roles, Sectors: r.Sectors, UseCases: r.UseCases, Languages: r.Languages,
			},
		})
	}
	return out
}

func hoursOf(h config.Hours) notify.Hours {
	from, to, err := h.Quiet()
	if err != nil || h.IsZero() {
		return notify.Hours{}
	}
	out := notify.Hours{From: from, To: to, Business: h.BusinessDays, Urgent: kaisei.Severity(h.Urgent)}
	if h.Urgent == config.NeverUrgent {
		out.Urgent = ""
	}
	return out
}

func as[T ~string](words []string) []T {
	var out []T
	for _, w := range words {
		out = append(out, T(w))
	}
	return out
}

// routeWords is a config.Check: the words of routes are those of the rules and the catalogue, and every
// route can match. Rules or sources that cannot be read are reported where they are used.
func routeWords(c config.Config, problem func(key, format string, args ...any)) {
	if len(c.Routes) == 0 {
		return
	}
	if rules, err := readRules(c); err == nil {
		c.EachRoute(func(at []int, r config.Route) {
			for _, k := range []struct {
				key         string
				words, from []string
			}{{"themes", r.Themes, rules.Themes()}, {"roles", r.Roles, rules.Roles()}, {"sectors", r.Sectors, rules.Sectors()}} {
				for _, w := range k.words {
					if !slices.Contains(k.from, w) {
						problem(config.RouteKey(at, k.key), "%q is not one of %s", w, strings.Join(k.from, ", "))
					}
				}
			}
		})
	}
	var sources []kaisei.Source
	if cat, err := readSources(c); err == nil {
		sources = cat.Sources()
	}
	for _, f := range notify.RouteFaults(routesOf(c.Routes), channelsOf(c), sources) {
		problem(config.RouteKey(f.At, f.Key), "%s", f.Text)
	}
}

// routeNotes says by the keys of messages what is allowed with routes and may not be meant.
func routeNotes(c config.Config) []string {
	if len(c.Routes) == 0 {
		return nil
	}
	var out []string
	notices, rest := false, false
	for _, r := range c.Routes {
		notices = notices || r.Notices
		rest = rest || (!r.Notices && (r.Default || notify.Unconditional(routesOf([]config.Route{r})[0])))
	}
	for _, ch := range c.Channels {
		notices = notices || ch.Notices
	}
	if !notices {
		out = append(out, "cli.config-unnoticed")
	}
	if !rest {
		out = append(out, "cli.config-untaken")
	}
	return out
}

// writePage writes a page for people to a file.
func writePage(name, text string) error {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
