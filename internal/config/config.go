// Package config reads the operator's TOML file. Every key has a default, so that
// no file is needed; every key that is not known, every value that cannot be right, is
// a problem with its line and column, and Load reports all of them at once. Secrets
// are of a type that prints as asterisks wherever it is printed.
//
// There is no time zone to set: the authorities watched keep Japan Standard Time, and
// so do the schedule, the digest and every printed time.
package config

import (
	"net/netip"
	"time"
)

// Config is the operator's choice. Paths are ready to open: a relative path in the
// file is relative to the file's own folder.
type Config struct {
	// State is the folder of the database and of what can be rebuilt.
	State string `toml:"state"`
	// Language is "ja" or "en": of the console and of every channel that does not say otherwise.
	Language string `toml:"language"`
	// Contact is a mail address or URL that a webmaster can turn to; it is part of the user agent.
	Contact string `toml:"contact"`
	// SourcesFiles and RulesFiles are paths or globs of the operator's own catalogue and rules,
	// read after the embedded ones in this order. See Expand.
	SourcesFiles []string `toml:"sources_files"`
	RulesFiles   []string `toml:"rules_files"`
	// WordsFiles are paths or globs of files with words of the operator's own in place of the catalogue's.
	WordsFiles []string `toml:"words_files"`
	// Templates is a folder of the operator's own templates for mail; "" uses kaisei's.
	Templates string `toml:"templates"`
	// Disable lists IDs of sources that are not looked at; an ID that ends in "/" stands for all below it.
	Disable   []string  `toml:"disable"`
	Fetch     Fetch     `toml:"fetch"`
	Watch     Watch     `toml:"watch"`
	PDF       PDF       `toml:"pdf"`
	Retention Retention `toml:"retention"`
	Log       Log       `toml:"log"`
	Server    Server    `toml:"server"`
	// UseCases are the operator's own uses of AI, which changes touch.
	UseCases []UseCase `toml:"use_case"`
	// Channels are who is told. Without any [[channel]] the console is.
	Channels []Channel `toml:"channel"`
	// Routes decide which of them are told of what. Without any [[route]] each channel decides by
	// its own conditions.
	Routes []Route `toml:"route"`
	// Escalations are when a critical change that nobody answers is told again, and to whom.
	Escalations []Escalation `toml:"escalation"`
	// Reminders are how long before a day it is told again.
	Reminders Reminders `toml:"reminders"`
}

// Fetch is how the web is asked.
type Fetch struct {
	// UserAgent replaces product and version at the front of the user agent; empty keeps them.
	UserAgent string `toml:"user_agent"`
	// Timeout is for one request, MaxBody for one body after decoding.
	Timeout Duration `toml:"timeout"`
	MaxBody Size     `toml:"max_body"`
	// ParallelHosts is how many hosts are asked at once; one host never gets two requests at once.
	ParallelHosts int `toml:"parallel_hosts"`
	// AllowPrivate lists private networks that may be reached all the same.
	AllowPrivate []string `toml:"allow_private"`
	// Robots obeys robots.txt.
	Robots bool `toml:"robots"`
}

// Prefixes returns AllowPrivate parsed. Load has refused what does not parse.
func (f Fetch) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range f.AllowPrivate {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
		}
	}
	return out
}

// Watch is how what was seen comes to be believed.
type Watch struct {
	// Settle is how long after a web page changed in place it is asked for again before the change is
	// told; 0 tells it at once.
	Settle Duration `toml:"settle"`
}

// Server is what the daemon answers on a port.
type Server struct {
	// Listen is the address of /healthz, /readyz and /metrics, such as 127.0.0.1:9320; empty opens no port.
	// The same is answered on the socket in the state folder.
	Listen string `toml:"listen"`
}

// PDF bounds the reading of one PDF.
type PDF struct {
	Timeout  Duration `toml:"timeout"`
	MaxPages int      `toml:"max_pages"`
}

// Retention says how long what only grows is kept. Versions, changes and the bytes
// they rest on are evidence and are kept for good.
type Retention struct {
	// Looks is how long looks without a change are kept; 0 keeps them for good.
	Looks Duration `toml:"looks"`
}

// Log is what the daemon writes to standard error.
type Log struct {
	Level  string `toml:"level"`
	Format string `toml:"format"`
}

// The types of channel.
const (
	Console = "console"
	Slack   = "slack"
	Email   = "email"
	Webhook = "webhook"
	Teams   = "teams"
	File    = "file"
)

// The ways to secure SMTP.
const (
	StartTLS = "starttls"
	TLS      = "tls"
	NoTLS    = "none"
)

// The rhythms of a digest, each at 09:00 in Japan: every day, on Mondays, on the first of the month.
const (
	Daily   = "daily"
	Weekly  = "weekly"
	Monthly = "monthly"
)

// What becomes of a digest whose day is no business day: it is sent on that day all the same, or on
// the next business day.
const (
	KeepDay         = "keep"
	NextBusinessDay = "next-business-day"
)

// Channel is one place where people are told, and what they are told there. The
// conditions must all hold; an empty one always does.
type Channel struct {
	Name string `toml:"name"`
	Type string `toml:"type"`
	// Language is "ja" or "en"; Load fills an empty one from Config.Language.
	Language string `toml:"language"`
	// Alerts tells each change as it is found; true unless set.
	Alerts bool `toml:"alerts"`
	// Notices tells the health of the sources: failing, implausible, quiet, recovered.
	Notices bool `toml:"notices"`
	// Digest is Daily, Weekly, Monthly or empty; for e-mail and the console.
	Digest string `toml:"digest"`
	// DigestHolidays is KeepDay or NextBusinessDay; Load fills in KeepDay, or NextBusinessDay for a daily
	// digest of a channel that is told on business days only.
	DigestHolidays string `toml:"digest_holidays"`

	MinSeverity string   `toml:"min_severity"`
	Layers      []string `toml:"layers"`
	Classes     []string `toml:"classes"`
	// Sources are IDs, or beginnings of IDs that end in "/".
	Sources []string `toml:"sources"`
	// UseCases are names of use cases, one of which a change must touch.
	UseCases []string `toml:"use_cases"`

	Hours

	// Slack: a bot token with the channel to post to, or the URL of an incoming webhook, which is
	// Teams' too.
	Token   Secret `toml:"token"`
	Channel string `toml:"channel"`
	Webhook Secret `toml:"webhook"`
	// AppToken, with Token, lets people answer alerts by buttons in Slack.
	AppToken Secret `toml:"app_token"`

	// Webhook: where events are posted, and the secrets that sign them; OldSecret while they are exchanged.
	URL       Secret `toml:"url"`
	Secret    Secret `toml:"secret"`
	OldSecret Secret `toml:"old_secret"`

	// File: where events are appended, and the size at which the file is put aside.
	Path    string `toml:"path"`
	MaxSize Size   `toml:"max_size"`

	// E-mail.
	Host     string   `toml:"host"`
	Port     int      `toml:"port"`
	TLS      string   `toml:"tls"`
	User     string   `toml:"user"`
	Password Secret   `toml:"password"`
	From     string   `toml:"from"`
	To       []string `toml:"to"`
	// Unsubscribe are mailto: and https: addresses at which a recipient can ask to be left out; without any, mail
	// to From asks for it.
	Unsubscribe []string `toml:"unsubscribe"`
	// DKIMKey signs messages for DKIMDomain, which Load fills in from From; without it the relay signs.
	DKIMKey      Secret `toml:"dkim_key"`
	DKIMSelector string `toml:"dkim_selector"`
	DKIMDomain   string `toml:"dkim_domain"`
}

// The defaults, and the bounds of what may be set.
const (
	DefaultTimeout       = 60 * time.Second
	DefaultMaxBody       = 64 << 20
	DefaultParallelHosts = 4
	DefaultSettle        = 90 * time.Second
	DefaultPDFTimeout    = 60 * time.Second
	DefaultPDFPages      = 2000
	DefaultLooks         = 3 * 365 * 24 * time.Hour

	MinTimeout       = time.Second
	MaxTimeout       = 10 * time.Minute
	MinMaxBody       = 64 << 10
	MaxMaxBody       = 1 << 30
	MaxParallelHosts = 64
	MinSettle        = time.Second
	MaxSettle        = time.Hour
	MaxPDFPages      = 20000
	MinLooks         = 30 * 24 * time.Hour
	// DefaultEvents is the size at which a file of events is put aside, MinEvents the least.
	DefaultEvents = 64 << 20
	MinEvents     = 1 << 20
	// MaxFile is the largest configuration file that is read.
	MaxFile = 1 << 20
	// MaxSecretFile is the largest file that a secret is read from.
	MaxSecretFile = 64 << 10
)

// Default returns the configuration that holds where no file says otherwise: state
// in the folder "state", Japanese, told on the console.
func Default() Config {
	return Config{
		State:    "state",
		Language: "ja",
		Fetch: Fetch{
			Timeout: Duration(DefaultTimeout), MaxBody: DefaultMaxBody,
			ParallelHosts: DefaultParallelHosts, Robots: true,
		},
		Watch:     Watch{Settle: Duration(DefaultSettle)},
		PDF:       PDF{Timeout: Duration(DefaultPDFTimeout), MaxPages: DefaultPDFPages},
		Retention: Retention{Looks: Duration(DefaultLooks)},
		Log:       Log{Level: "info", Format: "text"},
		Reminders: DefaultReminders(),
		Channels:  []Channel{{Name: Console, Type: Console, Language: "ja", Alerts: true, Notices: true}},
	}
}
