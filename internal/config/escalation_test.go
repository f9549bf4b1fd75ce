package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// withBoss is a configuration with a console and a channel that nothing else reaches.
const withBoss = `
[[channel]]
name = "console"
type = "console"

[[channel]]
name = "boss"
type = "file"
path = "boss.jsonl"
alerts = false
`

func TestEscalationsAreRead(t *testing.T) {
	for _, routes := range []string{"", "[[channel]]\nname = \"b\"\ntype = \"console\"\n[[route]]\nchannels = [\"console\", \"b\"]\n"} {
		c, err := parse([]byte(withBoss+routes+"[[escalation]]\nafter = \"4h\"\nchannels = [\"boss\", \"console\"]\n[[escalation]]\nafter = \"1d\"\nchannels = [\"boss\"]\n"), "kaisei.toml")
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Escalations) != 2 || time.Duration(c.Escalations[0].After) != 4*time.Hour || len(c.Escalations[0].Channels) != 2 || time.Duration(c.Escalations[1].After) != 24*time.Hour {
			t.Errorf("read %+v", c.Escalations)
		}
	}
}

func TestAnEscalationThatCannotBeMeantIsRefusedWithItsPlace(t *testing.T) {
	many := ""
	for i := range MaxEscalations + 1 {
		many += fmt.Sprintf("[[escalation]]\nafter = \"%dh\"\nchannels = [\"boss\"]\n", i+1)
	}
	for text, want := range map[string]string{
		"[[escalation]]\nafter = \"9m\"\nchannels = [\"boss\"]\n":                                                             "kaisei.toml:12:1: escalation[1].after: must be between 10m and 30d",
		"[[escalation]]\nafter = \"31d\"\nchannels = [\"boss\"]\n":                                                            "must be between 10m and 30d",
		"[[escalation]]\nchannels = [\"boss\"]\n":                                                                             "escalation[1].after: must be between",
		"[[escalation]]\nafter = \"4h\"\n":                                                                                    "escalation[1].channels: must name who is told",
		"[[escalation]]\nafter = \"4h\"\nchannels = [\"boss\", \"nobody\"]\n":                                                 `there is no channel "nobody"; the channels are console, boss`,
		"[[escalation]]\nafter = \"4h\"\nchannels = [\"boss\", \"boss\"]\n":                                                   `names "boss" twice`,
		"[[escalation]]\nafter = \"4h\"\nchannels = [\"boss\"]\n[[escalation]]\nafter = \"240m\"\nchannels = [\"console\"]\n": "escalation[2].after: 4h is that of another step",
		many: "escalation[11]: is one of 11 steps: at most 10 are allowed",
		"":   "channel[2]: is told nothing",
	} {
		_, err := parse([]byte(withBoss+text), "kaisei.toml")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
