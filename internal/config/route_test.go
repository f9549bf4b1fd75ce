package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoChannels is the beginning of a file whose routes a test writes, of eight lines.
const twoChannels = `[[channel]]
name = "team"
type = "console"

[[channel]]
name = "ops"
type = "console"
notices = true
`

func TestRoutesAreReadAsATreeWithTheirHours(t *testing.T) {
	c, err := Load(write(t, twoChannels+`
[[route]]
name = "first"
min_severity = "high"
continue = true
quiet_hours = "20:00-08:00"
  [[route.route]]
  layers = ["law"]
  channels = ["team"]
    [[route.route.route]]
    channels = ["ops"]
  [[route.route]]
  channels = ["ops"]
  business_days = true
  urgent = "none"
[[route]]
default = true
channels = []
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Route{
		{Name: "first", MinSeverity: "high", Continue: true, Hours: Hours{QuietHours: "20:00-08:00", Urgent: "critical"}, Routes: []Route{
			{Layers: []string{"law"}, Channels: []string{"team"}, Routes: []Route{{Channels: []string{"ops"}}}},
			{Channels: []string{"ops"}, Hours: Hours{BusinessDays: true, Urgent: "none"}},
		}},
		{Default: true, Channels: []string{}},
	}
	if d := cmp.Diff(want, c.Routes); d != "" {
		t.Error(d)
	}
	if !c.Channels[0].Alerts || !c.Channels[1].Alerts {
		t.Error("a channel that a route names is told nothing")
	}
}

func TestAMistakeInARouteIsFoundWithItsLineAndColumn(t *testing.T) {
	for text, want := range map[string]string{
		"[[route]]\nchannels = [\"team\", \"nobody\"]":                                                                              `:10:1: route[1].channels: there is no channel "nobody"; the channels are team, ops`,
		"[[route]]\nchannels = [\"team\", \"team\"]":                                                                                `:10:1: route[1].channels: names "team" twice`,
		"[[route]]\nlayers = [\"laws\"]\nchannels = [\"team\"]":                                                                     `:10:1: route[1].layers: "laws" is not one of law, order`,
		"[[route]]\nclasses = [\"newversion\"]\nchannels = [\"team\"]":                                                              `:10:1: route[1].classes: "newversion" is not one of`,
		"[[route]]\nshifts = [\"harder\"]\nchannels = [\"team\"]":                                                                   `:10:1: route[1].shifts: "harder" is not one of hardened`,
		"[[route]]\nlanguages = [\"fr\"]\nchannels = [\"team\"]":                                                                    `:10:1: route[1].languages: "fr" is not one of ja, en`,
		"[[route]]\nmin_severity = \"urgent\"\nchannels = [\"team\"]":                                                               `:10:1: route[1].min_severity: "urgent" is not one of`,
		"[[route]]\nsources = [\"METI\"]\nchannels = [\"team\"]":                                                                    `:10:1: route[1].sources: "METI" is not the ID of a source`,
		"[[route]]\nuse_cases = [\"x\"]\nchannels = [\"team\"]":                                                                     `:10:1: route[1].use_cases: "x" is not described`,
		"[[route]]\nname = \"a\"":                                                                                                   `:9:3: route[1]: tells nobody: set channels, or channels = []`,
		"[[route]]\nchannels = [\"team\"]\n  [[route.route]]\n  [[route.route.route]]\n  layers = [\"x\"]\n  channels = [\"team\"]": `:13:3: route[1].route[1].route[1].layers: "x" is not one of`,
		"[[route]]\nchannels = [\"team\"]\nquiet_hours = \"20-8\"":                                                                  `:11:1: route[1].quiet_hours: "20-8" is not a time of day from and to`,
		"[[route]]\nchannels = [\"team\"]\nquiet_hours = \"08:00-08:00\"":                                                           `route[1].quiet_hours: "08:00-08:00" is not`,
		"[[route]]\nchannels = [\"team\"]\nquiet_hours = \"08:00-24:00\"":                                                           `route[1].quiet_hours: "08:00-24:00" is not`,
		"[[route]]\nchannels = [\"team\"]\nurgent = \"high\"":                                                                       `:11:1: route[1].urgent: lets pass what waits, and nothing waits`,
		"[[route]]\nchannels = [\"team\"]\nbusiness_days = true\nurgent = \"soon\"":                                                 `:12:1: route[1].urgent: "soon" is not one of none, info`,
		"[[route]]\nclasses = [\"source-failing\"]\nchannels = [\"team\"]":                                                          `:10:1: route[1].classes: "source-failing" is news of a source's health: set notices = true`,
		"[[route]]\nnotices = true\nclasses = [\"news\"]\nchannels = [\"team\"]":                                                    `:11:1: route[1].classes: "news" is a class of changes`,
		"[[route]]\nnotices = true\nthemes = [\"privacy\"]\nchannels = [\"team\"]":                                                  `:11:1: route[1].themes: is of changes, and the route is of notices`,
		"[[route]]\nchannels = [\"team\"]\n[[route.route]]\nnotices = true\nchannels = [\"team\"]":                                  `:12:1: route[1].route[1].notices: stands below a route of changes`,
		"[[route]]\ndefault = true\nlayers = [\"law\"]\nchannels = [\"team\"]":                                                      `:11:1: route[1].layers: does not go with default = true`,
		"[[route]]\ndefault = true\nchannels = [\"team\"]\n[[route]]\nlayers = [\"law\"]\nchannels = [\"team\"]":                    `:10:1: route[1].default: must be of the last route`,
		"[[route]]\nchanels = [\"team\"]":                                                                                           `:10:1: route[1].chanels: is not a known key; did you mean route.channels?`,
		"route = [{channels = [\"team\"]}, {channels = [\"x\"]}]":                                                                   `there is no channel "x"`,
		strings.Repeat("[[route]]\nchannels = [\"team\"]\n", MaxRoutes+1):                                                           fmt.Sprintf(`is one of %d routes: at most %d`, MaxRoutes+1, MaxRoutes),
	} {
		t.Run(want, func(t *testing.T) {
			text := twoChannels + text
			if strings.HasPrefix(strings.TrimPrefix(text, twoChannels), "route =") {
				text = strings.TrimPrefix(text, twoChannels) + "\n" + twoChannels
			}
			if got := problems(t, text); !strings.Contains(got, want) {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestRoutesMayNotLieTooDeep(t *testing.T) {
	text := twoChannels
	for depth := 1; depth <= MaxRouteDepth; depth++ {
		text += "[[route" + strings.Repeat(".route", depth-1) + "]]\nchannels = [\"team\"]\n"
	}
	if got := problems(t, text); got != "" {
		t.Errorf("%d levels: %s", MaxRouteDepth, got)
	}
	if got := problems(t, text+"[[route"+strings.Repeat(".route", MaxRouteDepth)+"]]\nchannels = [\"team\"]\n"); !strings.Contains(got, "lies too deep: at most 8 levels") {
		t.Errorf("got %s", got)
	}
}

func TestAChannelThatNobodyReachesIsFound(t *testing.T) {
	file := func(team string) string {
		return strings.Replace(twoChannels, "name = \"team\"\n", "name = \"team\"\n"+team+"\n", 1) + "[[route]]\nchannels = [\"ops\"]\n"
	}
	for line, want := range map[string]string{
		"":                    `:1:3: channel[1]: is reached by no route`,
		"alerts = true":       `:3:1: channel[1].alerts: is true and no route names the channel`,
		"notices = true":      "",
		"digest = \"weekly\"": "",
	} {
		if got := problems(t, file(line)); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%q: got %s", line, got)
		}
	}
	if got := problems(t, strings.Replace(file("alerts = false"), `["ops"]`, `["ops", "team"]`, 1)); !strings.Contains(got, "is false and a route names the channel") {
		t.Errorf("got %s", got)
	}
}

func TestConditionsOfChannelsAloneStayWorking(t *testing.T) {
	c, err := Load(write(t, "[[channel]]\nname = \"team\"\ntype = \"console\"\nmin_severity = \"high\"\nquiet_hours = \"22:00-07:30\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	ch := c.Channels[0]
	from, to, err := ch.Quiet()
	if !ch.Alerts || ch.MinSeverity != "high" || err != nil || from != 22*60 || to != 7*60+30 || ch.Urgent != DefaultUrgent {
		t.Errorf("got %+v, %d to %d, %v", ch, from, to, err)
	}
}
