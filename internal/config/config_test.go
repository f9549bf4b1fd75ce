package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

var sameSecret = cmp.Comparer(func(a, b Secret) bool { return a.Reveal() == b.Reveal() })

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kaisei.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// problems returns what Load finds wrong with text, one line each, without the file's name.
func problems(t *testing.T, text string) string {
	t.Helper()
	path := write(t, text)
	_, err := Load(path)
	if err == nil {
		return ""
	}
	var p Problems
	if !errors.As(err, &p) {
		t.Fatalf("%v is not Problems", err)
	}
	return strings.ReplaceAll(err.Error(), path, "")
}

func TestAnEmptyFileIsTheDefaults(t *testing.T) {
	c, err := Load(write(t, "# nothing\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Default(), c, sameSecret); d != "" {
		t.Error(d)
	}
}

func TestTheDefaultsAreValid(t *testing.T) {
	c := Default()
	r := reading{file: "default"}
	r.validate(&c)
	if len(r.problems) > 0 {
		t.Error(r.problems)
	}
}

func TestAFileThatIsNotThereIsAnErrorThatSaysSo(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestAllProblemsAreFoundAtOnceWithTheirPlace(t *testing.T) {
	got := problems(t, `langauge = "en"
language = "fr"
contact = "nobody"
disable = ["meti/", "Meti AI"]
sources_files = ["a[.toml"]

[fetch]
timeout = "forever"
max_body = "2 elephants"
parallel_hosts = 400
allow_private = ["10.0.0.0/8", "10.0.0.1"]
robots = "yes"

[fetch.extra]
a = 1

[pdf]
timeout = "1ms"
max_pages = 0

[retention]
looks = "1d"

[log]
level = "loud"

[[channel]]
name = "A B"
type = "slak"

[[channel]]
name = "ops"
type = "slack"
min_severity = "urgent"
layers = ["law", "laws"]
classes = ["source-failing", "newversion"]
digest = "yearly"
host = "smtp"

[[channel]]
name = "ops"
type = "email"
alerts = false
tls = "none"
user = "u"
password = "p"
port = 70000
from = "nobody"
to = ["a@example.com", "b"]
host = "smtp.example.com"
digest_holidays = "skip"
`)
	want := `:1:1: langauge: is not a known key; did you mean language?
:2:1: language: "fr" is not one of ja, en
:3:1: contact: must be a mail address or an http(s) URL that a webmaster can turn to
:4:1: disable: "Meti AI" is not the ID of a source, such as meti/ai-guidelines, or its beginning with a slash at the end
:5:1: sources_files: "a[.toml" is not a path or glob
:8:11: fetch.timeout: "forever" is not a duration, such as 90s, 1h30m or 400d
:9:12: fetch.max_body: "2 elephants" is not a size, such as 512KiB or 64MiB
:10:1: fetch.parallel_hosts: must be between 1 and 64
:11:1: fetch.allow_private: "10.0.0.1" is not a network, such as 10.1.0.0/16
:12:10: fetch.robots: must be true or false, not string
:14:2: fetch.extra: is not a known key
:18:1: pdf.timeout: must be between 1s and 10m
:19:1: pdf.max_pages: must be between 1 and 20000
:22:1: retention.looks: must be 0 (for good) or at least 30d
:25:1: log.level: "loud" is not one of debug, info, warn, error
:28:1: channel[1].name: must be of lower-case letters, digits and hyphens: it is part of the IDs of deliveries
:29:1: channel[1].type: "slak" is not one of console, slack, email, webhook, teams, file
`
	if d := cmp.Diff(want, got[:min(len(want), len(got))]); d != "" {
		t.Errorf("(-want +got)\n%s\nall:\n%s", d, got)
	}
	for _, line := range []string{
		`:34:1: channel[2].min_severity: "urgent" is not one of info, low, medium, high, critical`,
		`:35:1: channel[2].layers: "laws" is not one of law, order,`,
		`:36:1: channel[2].classes: "source-failing" is a notice: notices = true tells it`,
		`:36:1: channel[2].classes: "newversion" is not one of`,
		`:37:1: channel[2].digest: "yearly" is not one of daily, weekly, monthly`,
		`:38:1: channel[2].host: is for channels of type email`,
		`channel[2].token: or webhook is needed`,
		`:41:1: channel[3].name: "ops" is the name of another channel too`,
		`channel[3]: is told nothing: set alerts, notices or digest`,
		`:44:1: channel[3].tls: must not be none with a user: the password would be sent in the clear`,
		`:47:1: channel[3].port: must be between 1 and 65535`,
		`:48:1: channel[3].from: must be a mail address`,
		`:49:1: channel[3].to: "b" is not a mail address`,
		`:51:1: channel[3].digest_holidays: "skip" is not one of keep, next-business-day`,
		`:51:1: channel[3].digest_holidays: goes with digest`,
	} {
		if !strings.Contains(got, line) {
			t.Errorf("lacks %s in\n%s", line, got)
		}
	}
}

func TestSlackChannelsNeedTheirPartsAndNoOthers(t *testing.T) {
	for text, want := range map[string]string{
		`token = "x"`: "channel: is needed with a token",
		"webhook = \"http://hooks.example.com/x\"":                              "webhook: is not an https URL",
		"webhook = \"https://h.example.com/x\"\ntoken = \"t\"":                  "exclude each other",
		"webhook = \"https://h.example.com/x\"\nchannel = \"#c\"":               "goes with token",
		"webhook = \"https://h.example.com/x\"\napp_token = \"xapp-1\"":         ":5:1: channel[1].app_token: needs token too",
		"token = \"t\"\nchannel = \"#c\"\napp_token = \"xoxb-1\"":               ":6:1: channel[1].app_token: must be one word that begins with xapp-",
		"token = \"t\"\nchannel = \"#c\"\napp_token = \"xapp-1 2\"":             "must be one word",
		"token = \"t\"\nchannel = \"#c\"\napp_token = \"env:KAISEI_NOT_SET_1\"": "the environment variable KAISEI_NOT_SET_1 is not set",
	} {
		if got := problems(t, "[[channel]]\nname = \"a\"\ntype = \"slack\"\n"+text+"\n"); !strings.Contains(got, want) {
			t.Errorf("%s: got %q", text, got)
		}
	}
}

func TestABrokenFileIsOneProblemWithItsPlace(t *testing.T) {
	for text, place := range map[string]string{
		"state = \"a\"\nlanguage = \n":     ":2:",
		"[fetch\n":                         ":1:",
		"state = \"a\"\nstate = \"b\"\n":   ":2:",
		"a = \"unterminated\nb = 1\n":      ":1:",
		"state = \"a\"\n[[channel]\nx=1\n": ":2:",
	} {
		if got := problems(t, text); !strings.HasPrefix(got, place) {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestAMistakeNeverPrintsASecret(t *testing.T) {
	for _, text := range []string{
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\ntoken = \"hunter2\"\nwebhok = 1\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\ntoken = \"hunter2\"\nport = \"x\"\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\ntoken = [\"hunter2\"]\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\nwebhook = \"hunter2\"\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\ntoken = \"hunter2\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\nchannel = \"#c\"\ntoken = \"env:xoxb-hunter2\"\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\nchannel = \"#c\"\ntoken = \"t\"\napp_token = \"hunter2\"\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\nchannel = \"#c\"\ntoken = \"file:xoxb-hunter2\"\n",
		"[[channel]]\nname = \"a\"\ntype = \"slack\"\nchannel = \"#c\"\ntoken = \"hunter2\\nhunter2\"\n",
	} {
		if got := problems(t, text); got == "" || strings.Contains(got, "hunter2") {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	path := write(t, "state = \"s\"\nsources_files = [\"my/*.toml\", \"/etc/x.toml\"]\nrules_files = [\"r.toml\"]\n")
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	if c.State != filepath.Join(dir, "s") || c.SourcesFiles[0] != filepath.Join(dir, "my/*.toml") || c.SourcesFiles[1] != "/etc/x.toml" || c.RulesFiles[0] != filepath.Join(dir, "r.toml") {
		t.Errorf("got %q %q %q", c.State, c.SourcesFiles, c.RulesFiles)
	}
}

func TestSecretsComeFromTheEnvironmentOrAFile(t *testing.T) {
	t.Setenv("KAISEI_TEST_TOKEN", "from-env")
	path := write(t, `[[channel]]
name = "a"
type = "slack"
token = "env:KAISEI_TEST_TOKEN"
channel = "#c"
[[channel]]
name = "b"
type = "email"
host = "smtp.example.com"
user = "u"
password = "file:secret"
from = "a@example.com"
to = ["b@example.com"]
[[channel]]
name = "c"
type = "slack"
webhook = "https://hooks.slack.com/services/T/B/x"
`)
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "secret"), []byte("from file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{c.Channels[0].Token.Reveal(), c.Channels[1].Password.Reveal(), c.Channels[2].Webhook.Reveal()}; !slices.Equal(got, []string{"from-env", "from file", "https://hooks.slack.com/services/T/B/x"}) {
		t.Errorf("got %q", got)
	}
	if c.Channels[1].Port != 587 || c.Channels[1].TLS != StartTLS || !c.Channels[1].Alerts || c.Channels[1].Language != "ja" {
		t.Errorf("the defaults of an e-mail channel are %+v", c.Channels[1])
	}
}

func TestASecretThatIsNotThereIsAProblem(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "huge"), make([]byte, MaxSecretFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"env:KAISEI_NOT_SET": "KAISEI_NOT_SET is not set", "file:" + dir + "/none": "no such file",
		"file:" + dir + "/empty": "is empty", "file:" + dir + "/huge": "too large",
	} {
		got := problems(t, fmt.Sprintf("[[channel]]\nname = \"a\"\ntype = \"slack\"\nchannel = \"#c\"\ntoken = %q\n", ref))
		if !strings.Contains(got, ":5:1: channel[1].token: ") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q", ref, got)
		}
	}
}

func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	s := NewSecret("hunter2")
	c := Channel{Token: s, Password: s}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		fmt.Fprintf(&out, verb+"\n", s, s)
		fmt.Fprintf(&out, verb+"\n", c, c)
		fmt.Fprintf(&out, verb+"\n", &c, []Secret{s})
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("x", "secret", s, "channel", c)
	}
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := toml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	out.Write(m)
	all := out.String()
	if strings.Contains(all, "hunter2") || strings.Contains(strings.ToLower(all), "68756e74657232") {
		t.Error(all)
	}
	if !strings.Contains(all, asterisks) {
		t.Error("no asterisks either")
	}
	if fmt.Sprint(Secret{}) != "" {
		t.Error("an empty secret looks like a set one")
	}
}

func TestDurationsAndSizesSayTheirUnit(t *testing.T) {
	for text, want := range map[string]time.Duration{"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "400d": 400 * 24 * time.Hour, "0s": 0} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || time.Duration(d) != want {
			t.Errorf("%s: %v, %v", text, d, err)
		}
		var again Duration
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Errorf("%s prints as %s, which reads as %v", text, d, again)
		}
	}
	for text, want := range map[string]Size{"512KiB": 512 << 10, "64MB": 64 << 20, "1 GiB": 1 << 30, "7B": 7} {
		var z Size
		if err := z.UnmarshalText([]byte(text)); err != nil || z != want {
			t.Errorf("%s: %v, %v", text, z, err)
		}
		var again Size
		if err := again.UnmarshalText([]byte(z.String())); err != nil || again != z {
			t.Errorf("%s prints as %s", text, z)
		}
	}
	for _, text := range []string{"", "5", "d", "-1d", "99999999999d", "1.5d", "s"} {
		if err := new(Duration).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is a duration", text)
		}
	}
	for _, text := range []string{"", "5", "MB", "-1MB", "99999999999999GiB", "1.5MB"} {
		if err := new(Size).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is a size", text)
		}
	}
}

// example returns the text of config.example.toml at the root of the repository.
func example(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "config.example.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheExampleLoadsAndShowsEveryKeyAndTheDefaults(t *testing.T) {
	text := example(t)
	t.Setenv("KAISEI_SLACK_APP_TOKEN", "xapp-x")
	for _, name := range []string{"KAISEI_SLACK_TOKEN", "KAISEI_SMTP_PASSWORD"} {
		t.Setenv(name, "x")
	}
	t.Setenv("KAISEI_SLACK_WEBHOOK", "https://hooks.slack.com/services/T/B/x")
	t.Setenv("KAISEI_TEAMS_WEBHOOK", "https://prod-00.japaneast.logic.azure.com/workflows/x")
	t.Setenv("KAISEI_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	t.Setenv("KAISEI_WEBHOOK_OLD_SECRET", "a secret of at least 24 bytes")
	path := write(t, text)
	if _, err := Load(path); err != nil {
		t.Fatal(err)
	}

	// With every default taken out of its comment the file must still mean the same.
	uncommented := regexp.MustCompile(`(?m)^#([a-z_]+ = )`).ReplaceAllString(text, "$1")
	if uncommented == text {
		t.Fatal("no default is shown")
	}
	full := write(t, uncommented)
	if err := os.WriteFile(filepath.Join(filepath.Dir(full), "dkim.pem"), []byte(ed25519PEM(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(full)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.State = filepath.Join(filepath.Dir(full), want.State)
	want.Channels, want.UseCases, want.Routes, want.Escalations = c.Channels, c.UseCases, c.Routes, c.Escalations
	if d := cmp.Diff(want, c, sameSecret, cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); d != "" {
		t.Errorf("the example shows other defaults (-want +got):\n%s", d)
	}

	var r reading
	r.at = map[string]position{}
	if !r.index([]byte(uncommented)) {
		t.Fatal(r.problems)
	}
	shown := map[string]bool{}
	for k := range r.at {
		k = regexp.MustCompile(`\[\d+\]`).ReplaceAllString(k, "")
		shown[regexp.MustCompile(`^(route\.)+`).ReplaceAllString(k, "route.")] = true
	}
	for _, k := range Keys() {
		if !shown[k] {
			t.Errorf("the example does not show %s", k)
		}
	}
}

func TestKeysNamesEveryFieldOnce(t *testing.T) {
	keys := Keys()
	if !slices.Contains(keys, "fetch.timeout") || !slices.Contains(keys, "channel.min_severity") || !slices.Contains(keys, "state") {
		t.Errorf("got %q", keys)
	}
	seen := map[string]bool{}
	for _, k := range keys {
		if seen[k] || strings.HasSuffix(k, ".") || strings.Contains(k, "..") {
			t.Errorf("key %q", k)
		}
		seen[k] = true
	}
	if n := reflect.TypeFor[Channel]().NumField(); len(keys) < n {
		t.Errorf("%d keys", len(keys))
	}
}

func TestExpandRefusesAPatternThatNamesNoFile(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"a.toml", "b.toml"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Expand([]string{filepath.Join(dir, "b.toml"), filepath.Join(dir, "*.toml")})
	if err != nil || len(got) != 2 || filepath.Base(got[0]) != "b.toml" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := Expand([]string{filepath.Join(dir, "c*.toml")}); err == nil {
		t.Error("a pattern that matches nothing passed")
	}
}

func TestAFileThatIsTooLargeIsRefused(t *testing.T) {
	if got := problems(t, strings.Repeat("# x\n", MaxFile/4+1)); !strings.Contains(got, "is larger than 1MiB") {
		t.Errorf("got %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("state = \"a\"\n[[channel]]\nname = \"a\"\ntype = \"email\"\nto = [\"x\"]\n"))
	f.Add([]byte("[fetch]\ntimeout = 5\nallow_private = [1]\n[fetch.x]\n"))
	f.Add([]byte("[[channel]]\n[channel.a]\n[[channel.b]]\nx={a=1}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if strings.Contains(string(b), "file:") || strings.Contains(string(b), "env:") {
			t.Skip()
		}
		c, err := parse(b, "/nowhere/kaisei.toml")
		if err == nil && (len(c.Channels) == 0 || c.State == "") {
			t.Errorf("accepted as %+v", c)
		}
	})
}

func TestTheTimeToSettleIsBoundedAndZeroSwitchesItOff(t *testing.T) {
	for _, text := range []string{"[watch]\nsettle = \"0s\"", "[watch]\nsettle = \"1s\"", "[watch]\nsettle = \"1h\""} {
		if _, err := parse([]byte(text), "kaisei.toml"); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"[watch]\nsettle = \"500ms\"", "[watch]\nsettle = \"2h\"", "[watch]\nsettle = \"-1s\""} {
		if _, err := parse([]byte(text), "kaisei.toml"); err == nil || !strings.Contains(err.Error(), "kaisei.toml:2:1: watch.settle: must be between 1s and 1h") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhatAHolidayDoesToADigestFollowsTheChannelUnlessItIsSaid(t *testing.T) {
	for keys, want := range map[string]string{
		`digest = "weekly"`:                                                    KeepDay,
		"digest = \"weekly\"\nbusiness_days = true":                            KeepDay,
		"digest = \"monthly\"\ndigest_holidays = \"next-business-day\"":        NextBusinessDay,
		`digest = "daily"`:                                                     KeepDay,
		"digest = \"daily\"\nbusiness_days = true":                             NextBusinessDay,
		"digest = \"daily\"\nbusiness_days = true\ndigest_holidays = \"keep\"": KeepDay,
		"": "",
	} {
		c, err := parse([]byte("[[channel]]\nname = \"a\"\ntype = \"console\"\n"+keys+"\n"), "kaisei.toml")
		if err != nil || c.Channels[0].DigestHolidays != want {
			t.Errorf("%q: %q, %v, want %q", keys, c.Channels[0].DigestHolidays, err, want)
		}
	}
}
