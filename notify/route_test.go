package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// routed is a router of four channels with the given routes.
func routed(routes ...Route) *Router {
	return &Router{Channels: []Channel{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}, Routes: routes}
}

func to(channels ...string) Route { return Route{Channels: channels} }

func when(c Conditions, channels ...string) Route { return Route{If: c, Channels: channels} }

func TestEveryConditionOfARouteLooksAtItsOwnPartOfAChange(t *testing.T) {
	c := example(1)
	c.Language, c.Themes, c.Roles, c.Sectors = "ja", []string{"privacy", "safety"}, []string{"provider"}, []string{"finance"}
	c.Shifts = []kaisei.Shift{{Direction: kaisei.Hardened}}
	c.Touches = []kaisei.Touch{{UseCase: "採用支援AI"}}
	for name, pair := range map[string][2]Conditions{
		"severity":  {{MinSeverity: kaisei.High}, {MinSeverity: kaisei.Critical}},
		"layer":     {{Layers: []string{"law", "business-guideline"}}, {Layers: []string{"law"}}},
		"authority": {{Authorities: []string{"meti"}}, {Authorities: []string{"mic"}}},
		"source":    {{Sources: []string{"meti/"}}, {Sources: []string{"meti/ai"}}},
		"class":     {{Classes: []string{"new-version"}}, {Classes: []string{"amended"}}},
		"shift":     {{Shifts: []string{"softened", "hardened"}}, {Shifts: []string{"softened"}}},
		"theme":     {{Themes: []string{"safety"}}, {Themes: []string{"fairness"}}},
		"role":      {{Roles: []string{"provider", "user"}}, {Roles: []string{"user"}}},
		"sector":    {{Sectors: []string{"finance"}}, {Sectors: []string{"health"}}},
		"use case":  {{UseCases: []string{"採用支援AI"}}, {UseCases: []string{"チャットボット"}}},
		"language":  {{Languages: []string{"ja"}}, {Languages: []string{"en"}}},
		"all of":    {{MinSeverity: kaisei.Low, Themes: []string{"privacy"}}, {MinSeverity: kaisei.Low, Themes: []string{"fairness"}}},
	} {
		r := routed(when(pair[0], "a"), when(Conditions{}, "b"))
		if got := channelsOf(r.Route(c, monday())); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%s: what meets it goes to %q", name, got)
		}
		r.Routes[0].If = pair[1]
		if got := channelsOf(r.Route(c, monday())); !slices.Equal(got, []string{"b"}) {
			t.Errorf("%s: what does not meet it goes to %q", name, got)
		}
	}
}

func TestTheFirstRouteThatMatchesEndsItsLevelUnlessItContinues(t *testing.T) {
	none := Conditions{Layers: []string{"law"}}
	on := func(r Route) Route { r.Continue = true; return r }
	last := func(r Route) Route { r.Default = true; return r }
	with := func(r Route, below ...Route) Route { r.Routes = below; return r }
	for name, c := range map[string]struct {
		routes []Route
		want   []string
	}{
		"the first ends it":                     {[]Route{to("a"), to("b")}, []string{"a"}},
		"continue":                              {[]Route{on(to("a")), to("b"), to("c")}, []string{"a", "b"}},
		"a default takes what is left":          {[]Route{when(none, "a"), last(to("b"))}, []string{"b"}},
		"a default takes nothing that is taken": {[]Route{on(to("a")), last(to("b"))}, []string{"a"}},
		"routes below add":                      {[]Route{with(to("a"), to("b"))}, []string{"a", "b"}},
		"below what does not match":             {[]Route{with(when(none, "a"), to("b")), to("c")}, []string{"c"}},
		"a level below ends itself alone":       {[]Route{with(on(Route{}), when(none, "a"), to("b"), to("c")), to("d")}, []string{"b", "d"}},
		"a route without channels silences":     {[]Route{{}, to("a")}, nil},
		"named twice, told once":                {[]Route{on(to("a", "b")), to("b", "a")}, []string{"a", "b"}},
		"nothing matches":                       {[]Route{when(none, "a")}, nil},
	} {
		if got := channelsOf(routed(c.routes...).Route(example(1), monday())); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestAChannelsOwnConditionsBoundWhatRoutesTellIt(t *testing.T) {
	r := routed(to("a", "b"))
	r.Channels[0].MinSeverity = kaisei.Critical
	if got := channelsOf(r.Route(example(1), monday())); !slices.Equal(got, []string{"b"}) {
		t.Errorf("got %q", got)
	}
	trace := r.Trace(example(1), monday())
	if len(trace.Told) != 2 || len(trace.Told[0].Refused) != 1 || trace.Told[0].Refused[0].Key != "min_severity" || !trace.Told[0].Due.IsZero() || trace.Told[1].Due.IsZero() {
		t.Errorf("explained as %+v", trace.Told)
	}
}

func TestTheTraceSaysOfEveryRouteWhatRouteSays(t *testing.T) {
	below := when(Conditions{Themes: []string{"privacy"}}, "b")
	first := when(Conditions{MinSeverity: kaisei.Medium}, "a")
	first.Routes, first.Name = []Route{below}, "medium and above"
	r := routed(
		when(Conditions{Layers: []string{"law"}}, "d"), first, to("c"),
		Route{Notices: true, Channels: []string{"d"}}, Route{Default: true, Channels: []string{"d"}},
	)
	r.Routes[0].Routes = []Route{to("a")}
	trace := r.Trace(example(1), monday())
	var got []string
	for _, s := range trace.Steps {
		got = append(got, s.Place()+" "+s.Outcome)
	}
	if d := cmp.Diff([]string{"1 unmatched", "1.1 above", "2 matched", "2.1 unmatched", "3 stopped", "4 other", "5 stopped"}, got); d != "" {
		t.Error(d)
	}
	if len(trace.Told) != 1 || trace.Told[0].Channel != "a" {
		t.Errorf("told %+v", trace.Told)
	}
	for lang, want := range map[string][]string{
		"ja": {"✗ 1: 該当しません", "✗ 層: 法律（law） ← 事業者向け指針（business-guideline）", "✓ 2 medium and above: 該当 → a", "経路2が先に該当", "→ a: すぐに通知"},
		"en": {"✗ 1: does not match", "✗ layer: Act (law) ← Guideline for business (business-guideline)", "✓ 2 medium and above: matches → a", "not asked: route 2 took", "→ a: told at once"},
	} {
		text := render.Routing(trace, render.Options{Lang: lang})
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, text)
			}
		}
	}
	quiet := example(1)
	quiet.Quiet = "reissued"
	if text := render.Routing(r.Trace(quiet, monday()), render.Options{Lang: "en"}); text != "Nobody is told: reissued.\n" {
		t.Errorf("of a quiet change: %q", text)
	}
	nobody := example(1)
	nobody.Severity = kaisei.Info
	r.Routes = r.Routes[:2]
	if text := render.Routing(r.Trace(nobody, monday()), render.Options{}); !strings.Contains(text, "だれにも通知されません") {
		t.Errorf("where no route matches:\n%s", text)
	}
}

func TestNoticesAreRoutedByTheirSourcesAndSplitAmongChannels(t *testing.T) {
	sources := map[string]kaisei.Source{
		"egov/appi": {ID: "egov/appi", Authority: "digital", Layer: kaisei.LayerLaw, Language: "ja"},
		"meti/ai":   {ID: "meti/ai", Authority: "meti", Layer: kaisei.LayerBusinessGuideline, Language: "ja"},
	}
	r := routed(
		Route{Notices: true, If: Conditions{Layers: []string{"law"}, Classes: []string{"source-failing"}}, Channels: []string{"a"}, Continue: true},
		Route{Notices: true, If: Conditions{Authorities: []string{"meti", "mic"}}, Channels: []string{"b"}},
		to("c"),
	)
	r.Channels[3].Notices = true
	r.Source = func(id string) (kaisei.Source, bool) { s, ok := sources[id]; return s, ok }
	n := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai", At: monday(), Watched: 9,
		Also: []render.NoticeData{{Class: kaisei.ClassSourceFailing, Source: "egov/appi"}, {Class: kaisei.ClassSourceFailing, Source: "mic/gone"}}}
	ds, err := r.RouteNotice(n, monday())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, d := range ds {
		got[d.Channel] = d.ID + " " + d.Payload
	}
	for channel, want := range map[string][2]string{
		"a": {"notice/a/egov/appi/source-failing/", `"watched":9`},
		"b": {"notice/b/meti/ai/source-failing/", `"also":[{"class":"source-failing","source":"mic/gone"`},
		"d": {"notice/d/meti/ai/source-failing/", `"source":"mic/gone"`},
	} {
		if !strings.HasPrefix(got[channel], want[0]) || !strings.Contains(got[channel], want[1]) {
			t.Errorf("%s is told %s", channel, got[channel])
		}
	}
	if len(got) != 3 || strings.Contains(got["b"], "egov") {
		t.Errorf("told %v", got)
	}
}

func TestANoticeOfSourcesOnSeveralRoutesIsToldAtTheEarliestOfTheirTimes(t *testing.T) {
	night := time.Date(2026, 4, 6, 23, 0, 0, 0, kaisei.JST)
	r := routed(
		Route{Notices: true, If: Conditions{Sources: []string{"egov/appi"}}, Channels: []string{"a"}},
		Route{Notices: true, Channels: []string{"a"}, Hours: Hours{From: 20 * 60, To: 8 * 60}},
	)
	law, other := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "egov/appi", At: night}, render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai", At: night}
	for _, all := range [][]render.NoticeData{{law, other}, {other, law}} {
		n := all[0]
		n.Also = all[1:]
		ds, err := r.RouteNotice(n, night)
		if err != nil || len(ds) != 1 {
			t.Fatalf("%d deliveries, %v", len(ds), err)
		}
		if !ds[0].Due.Equal(night) || ds[0].Held != "" {
			t.Errorf("with %s first it waits until %v", n.Source, ds[0].Due)
		}
	}
}

func TestANoticeKeptAsAChangeIsExplainedAsItIsRouted(t *testing.T) {
	r := routed(Route{Notices: true, If: Conditions{Authorities: []string{"meti"}}, Channels: []string{"a"}})
	r.Source = func(id string) (kaisei.Source, bool) {
		return kaisei.Source{ID: id, Authority: "meti"}, id == "meti/ai"
	}
	c := kaisei.Change{ID: "meti/ai@3", Source: "meti/ai", Class: kaisei.ClassSourceFailing, SeenAt: monday()}
	ds := r.Route(c, monday())
	if len(ds) != 1 || ds[0].Kind != kaisei.DeliveryNotice {
		t.Fatalf("routed to %+v", ds)
	}
	if told := r.Trace(c, monday()).Told; len(told) != 1 || told[0].Channel != "a" {
		t.Errorf("explained as told to %+v", told)
	}
}

func TestWhatFallsIntoQuietHoursIsTold(t *testing.T) {
	for _, c := range []struct {
		hours    Hours
		at, want string
	}{
		{Hours{}, "2026-04-06T03:00", "2026-04-06T03:00"},
		{Hours{From: 20 * 60, To: 8 * 60}, "2026-04-06T19:59", "2026-04-06T19:59"},
		{Hours{From: 20 * 60, To: 8 * 60}, "2026-04-06T20:00", "2026-04-07T08:00"},
		{Hours{From: 20 * 60, To: 8 * 60}, "2026-04-07T03:00", "2026-04-07T08:00"},
		{Hours{From: 20 * 60, To: 8 * 60}, "2026-04-07T08:00", "2026-04-07T08:00"},
		{Hours{From: 12 * 60, To: 13 * 60}, "2026-04-07T12:30", "2026-04-07T13:00"},
		{Hours{Business: true}, "2026-04-10T23:59", "2026-04-10T23:59"},
		{Hours{Business: true}, "2026-04-11T10:00", "2026-04-13T00:00"},
		// 敬老の日, 国民の休日 and 秋分の日 after a weekend: five days in which offices are closed.
		{Hours{Business: true, From: 20 * 60, To: 8 * 60}, "2026-09-18T21:00", "2026-09-24T08:00"},
		// 憲法記念日 on a Sunday makes the Wednesday a holiday.
		{Hours{Business: true}, "2026-05-02T10:00", "2026-05-07T00:00"},
		{Hours{Business: true, From: 8 * 60, To: 20 * 60}, "2026-04-10T09:00", "2026-04-10T20:00"},
		{Hours{Business: true, From: 18 * 60, To: 9 * 60}, "2026-12-31T18:30", "2027-01-04T09:00"},
	} {
		at, err := time.ParseInLocation("2006-01-02T15:04", c.at, kaisei.JST)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := due(at.UTC(), kaisei.High, c.hours)
		if text := got.In(kaisei.JST).Format("2006-01-02T15:04"); text != c.want || !ok {
			t.Errorf("%s with %s: told at %s, want %s", c.at, c.hours, text, c.want)
		}
	}
}

func TestUrgentChangesPassQuietHoursAndTheOthersAreHeld(t *testing.T) {
	night := time.Date(2026, 4, 6, 23, 0, 0, 0, kaisei.JST)
	hours := Hours{From: 20 * 60, To: 8 * 60, Urgent: kaisei.Critical}
	for name, r := range map[string]*Router{
		"of the channel":     {Channels: []Channel{{Name: "a", Alerts: true, Hours: hours}}},
		"of the route":       {Channels: []Channel{{Name: "a"}}, Routes: []Route{{Channels: []string{"a"}, Hours: hours}}},
		"of the route above": {Channels: []Channel{{Name: "a"}}, Routes: []Route{{Hours: hours, Routes: []Route{{Channels: []string{"a"}}}}}},
	} {
		c := example(1)
		d := r.Route(c, night)
		if len(d) != 1 || d[0].Held != kaisei.HeldHours || !d[0].Due.Equal(night.Add(9*time.Hour)) || !d[0].Created.Equal(night) {
			t.Errorf("%s: %+v", name, d)
		}
		c.Severity = kaisei.Critical
		if d := r.Route(c, night); len(d) != 1 || d[0].Held != "" || !d[0].Due.Equal(night) {
			t.Errorf("%s: a critical change waits: %+v", name, d)
		}
	}
	never := hours
	never.Urgent = ""
	c := example(1)
	c.Severity = kaisei.Critical
	if d := (&Router{Channels: []Channel{{Name: "a", Alerts: true, Hours: never}}}).Route(c, night); d[0].Held == "" {
		t.Error("where nothing is urgent a critical change does not wait")
	}
	both := routed(Route{Channels: []string{"a"}, Hours: hours, Continue: true}, to("a"))
	if d := both.Route(example(1), night); d[0].Held != "" {
		t.Error("of two routes the later one tells the channel")
	}
}

func TestRoutesThatCanNeverMatchAreFound(t *testing.T) {
	sources := []kaisei.Source{{ID: "meti/ai", Authority: "meti"}, {ID: "ppc/alert", Authority: "ppc"}}
	law, news := Conditions{Layers: []string{"law"}}, Conditions{Layers: []string{"news"}}
	with := func(r Route, below ...Route) Route { r.Routes = below; return r }
	on := func(r Route) Route { r.Continue = true; return r }
	hours := func(from, to int, r Route) Route { r.Hours = Hours{From: from * 60, To: to * 60}; return r }
	channels := []Channel{{Name: "a"}, {Name: "night", Hours: Hours{From: 8 * 60, To: 20 * 60}}, {Name: "law", Layers: []kaisei.Layer{kaisei.LayerLaw}}}
	for name, c := range map[string]struct {
		routes []Route
		want   string
	}{
		"default after all":            {[]Route{on(to("a")), when(law, "a"), {Default: true, Channels: []string{"a"}}}, "3 : can never match: route 1 before it takes all"},
		"after one that takes all":     {[]Route{to("a"), when(law, "a")}, "2 : can never match: route 1 before it takes all that it could take; set continue = true there"},
		"after a wider one":            {[]Route{when(Conditions{MinSeverity: kaisei.Medium}, "a"), when(Conditions{MinSeverity: kaisei.High, Layers: []string{"law"}}, "a")}, "2 : can never match"},
		"after a narrower one":         {[]Route{when(Conditions{MinSeverity: kaisei.High}, "a"), when(Conditions{MinSeverity: kaisei.Medium}, "a")}, ""},
		"after one that continues":     {[]Route{on(to("a")), when(law, "a")}, ""},
		"after one of another layer":   {[]Route{when(law, "a"), when(news, "a")}, ""},
		"after one of notices":         {[]Route{{Notices: true, Channels: []string{"a"}}, to("a")}, ""},
		"below one source of a prefix": {[]Route{when(Conditions{Sources: []string{"meti/"}}, "a"), when(Conditions{Sources: []string{"meti/ai"}}, "a")}, "2 : can never match"},
		"against the route above":      {[]Route{with(when(law, "a"), when(news, "a"))}, "1.1 layers: can never match: route 1 above asks for law only"},
		"against one far above":        {[]Route{with(when(law), with(to("a"), when(news, "a")))}, "1.1.1 layers: can never match: route 1 above"},
		"themes may both hold":         {[]Route{with(when(Conditions{Themes: []string{"x"}}, "a"), when(Conditions{Themes: []string{"y"}}, "a"))}, ""},
		"no such source":               {[]Route{when(Conditions{Sources: []string{"mic/"}}, "a")}, `1 sources: no source has the ID "mic/"`},
		"no such authority":            {[]Route{when(Conditions{Authorities: []string{"miti"}}, "a")}, `1 authorities: "miti" is the authority of no source; the authorities are meti, ppc`},
		"source of another authority":  {[]Route{when(Conditions{Authorities: []string{"meti"}, Sources: []string{"ppc/"}}, "a")}, "1 sources: can never match: no source is of these"},
		"authority against above":      {[]Route{with(when(Conditions{Sources: []string{"ppc/"}}, "a"), when(Conditions{Authorities: []string{"meti"}}, "a"))}, "1.1 authorities: can never match"},
		"hours that leave nothing":     {[]Route{hours(20, 8, to("night"))}, "1 quiet_hours: the quiet hours of the route (20:00-08:00) and of channel night (08:00-20:00) leave no time"},
		"hours that leave some":        {[]Route{hours(21, 8, to("night"))}, ""},
		"a channel that refuses all":   {[]Route{when(news, "law")}, "1 channels: channel law takes layers law only, which the route never has"},
	} {
		var got []string
		for _, f := range RouteFaults(c.routes, channels, sources) {
			got = append(got, place(f.At)+" "+f.Key+": "+f.Text)
		}
		if (c.want == "") != (len(got) == 0) || len(got) > 1 || (len(got) == 1 && !strings.HasPrefix(got[0], c.want)) {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}
