package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// validate notes every value that cannot be right.
func (r *reading) validate(c *Config) {
	if c.State == "" {
		r.problem("state", "must name a folder")
	}
	r.oneOf("language", c.Language, "ja", "en")
	if c.Contact != "" && !contact(c.Contact) {
		r.problem("contact", "must be a mail address or an http(s) URL that a webmaster can turn to")
	}
	for _, k := range []struct {
		key      string
		patterns []string
	}{{"sources_files", c.SourcesFiles}, {"rules_files", c.RulesFiles}, {"words_files", c.WordsFiles}} {
		for _, p := range k.patterns {
			if _, err := filepath.Match(p, ""); p == "" || err != nil {
				r.problem(k.key, "%q is not a path or glob", filepath.Base(p))
			}
		}
	}
	for _, id := range c.Disable {
		r.sourceID("disable", id)
	}
	r.between("fetch.timeout", c.Fetch.Timeout, MinTimeout, MaxTimeout)
	if c.Fetch.MaxBody < MinMaxBody || c.Fetch.MaxBody > MaxMaxBody {
		r.problem("fetch.max_body", "must be between %s and %s", Size(MinMaxBody), Size(MaxMaxBody))
	}
	if c.Fetch.ParallelHosts < 1 || c.Fetch.ParallelHosts > MaxParallelHosts {
		r.problem("fetch.parallel_hosts", "must be between 1 and %d", MaxParallelHosts)
	}
	for _, p := range c.Fetch.AllowPrivate {
		if _, err := netip.ParsePrefix(p); err != nil {
			r.problem("fetch.allow_private", "%q is not a network, such as 10.1.0.0/16", p)
		}
	}
	if !printable(c.Fetch.UserAgent) {
		r.problem("fetch.user_agent", "must be printable ASCII")
	}
	if c.Watch.Settle != 0 {
		r.between("watch.settle", c.Watch.Settle, MinSettle, MaxSettle)
	}
	r.between("pdf.timeout", c.PDF.Timeout, MinTimeout, MaxTimeout)
	if c.PDF.MaxPages < 1 || c.PDF.MaxPages > MaxPDFPages {
		r.problem("pdf.max_pages", "must be between 1 and %d", MaxPDFPages)
	}
	if d := time.Duration(c.Retention.Looks); d != 0 && d < MinLooks {
		r.problem("retention.looks", "must be 0 (for good) or at least %s", Duration(MinLooks))
	}
	r.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	r.oneOf("log.format", c.Log.Format, "text", "json")
	if l := c.Server.Listen; l != "" {
		if a, err := netip.ParseAddrPort(strings.Replace(l, "localhost:", "127.0.0.1:", 1)); err != nil || !a.IsValid() {
			r.problem("server.listen", "must be an address and a port, such as 127.0.0.1:9320")
		}
	}
	names := map[string]bool{}
	for i, ch := range c.Channels {
		r.channel(channelKey(i), ch, c)
		if ch.Name != "" && names[ch.Name] {
			r.problem(channelKey(i)+".name", "%q is the name of another channel too", ch.Name)
		}
		names[ch.Name] = true
		r.declared(channelKey(i)+".use_cases", ch.UseCases, c.UseCases)
	}
	r.useCases(c)
	r.routes(c)
	r.escalations(c)
	r.reminders(c)
}

func (r *reading) channel(table string, c Channel, all *Config) {
	key := func(k string) string { return table + "." + k }
	if !name(c.Name) {
		r.problem(key("name"), "must be of lower-case letters, digits and hyphens: it is part of the IDs of deliveries")
	}
	r.oneOf(key("type"), c.Type, Console, Slack, Email, Webhook, Teams, File)
	if _, ok := r.at[key("language")]; ok {
		r.oneOf(key("language"), c.Language, "ja", "en")
	}
	r.oneOf(key("digest"), c.Digest, "", Daily, Weekly, Monthly)
	r.oneOf(key("digest_holidays"), c.DigestHolidays, "", KeepDay, NextBusinessDay)
	if c.Digest == "" && r.has(key("digest_holidays")) {
		r.problem(key("digest_holidays"), "goes with digest")
	}
	if c.Digest != "" && c.Type != Email && c.Type != Console {
		r.problem(key("digest"), "is for channels of type email or console")
	}
	r.hours(key, c.Hours)
	if !c.Alerts && !c.Notices && c.Digest == "" && !r.has("route[1]") && !all.escalates(c.Name) {
		r.problem(table, "is told nothing: set alerts, notices or digest")
	}
	if c.MinSeverity != "" && kaisei.Severity(c.MinSeverity).Rank() < 0 {
		r.problem(key("min_severity"), "%q is not one of %s", c.MinSeverity, list(kaisei.Severities()))
	}
	for _, l := range c.Layers {
		if !kaisei.Layer(l).Known() {
			r.problem(key("layers"), "%q is not one of %s", l, list(kaisei.Layers()))
		}
	}
	for _, k := range c.Classes {
		if cl := kaisei.Class(k); !slices.Contains(kaisei.Classes(), cl) {
			r.problem(key("classes"), "%q is not one of %s", k, list(slices.DeleteFunc(kaisei.Classes(), kaisei.Class.Notice)))
		} else if cl.Notice() {
			r.problem(key("classes"), "%q is a notice: notices = true tells it", k)
		}
	}
	for _, s := range c.Sources {
		r.sourceID(key("sources"), s)
	}
	r.foreign(table, c)
	switch c.Type {
	case Slack:
		r.slack(key, c)
	case Email:
		r.email(key, c)
	case Webhook:
		r.webhook(key, c)
	case Teams:
		if u, err := url.Parse(c.Webhook.Reveal()); err != nil || u.Host == "" || u.Scheme != "https" {
			r.problem(key("webhook"), "must be the https URL of a Workflows webhook")
		}
	case File:
		if c.Path == "" || strings.HasSuffix(c.Path, "/") {
			r.problem(key("path"), "must name a file")
		}
		if c.MaxSize < MinEvents {
			r.problem(key("max_size"), "must be at least %s", Size(MinEvents))
		}
	}
}

// has reports whether the file holds a key.
func (r *reading) has(key string) bool {
	_, ok := r.at[key]
	return ok
}

// foreign notes the keys of one type of channel that stand in another.
func (r *reading) foreign(table string, c Channel) {
	for _, k := range []struct {
		types, keys []string
	}{
		{[]string{Slack}, []string{"token", "channel", "app_token"}},
		{[]string{Slack, Teams}, []string{"webhook"}},
		{[]string{Email}, []string{"host", "port", "tls", "user", "password", "from", "to", "unsubscribe", "dkim_key", "dkim_selector", "dkim_domain"}},
		{[]string{Webhook}, []string{"url", "secret", "old_secret"}},
		{[]string{File}, []string{"path", "max_size"}},
	} {
		for _, one := range k.keys {
			if _, ok := r.at[table+"."+one]; ok && !slices.Contains(k.types, c.Type) {
				r.problem(table+"."+one, "is for channels of type %s", strings.Join(k.types, " or "))
			}
		}
	}
}

// appToken begins Slack's app-level tokens.
const appToken = "xapp-"

func (r *reading) slack(key func(string) string, c Channel) {
	if strings.ContainsAny(c.Token.Reveal()+c.Webhook.Reveal(), " \t\r\n") {
		r.problem(key("token"), "holds white space; a token or webhook is one word")
	}
	if app := c.AppToken.Reveal(); app != "" {
		switch {
		case strings.HasPrefix(app, "env:"), strings.HasPrefix(app, "file:"): // said already
		case !strings.HasPrefix(app, appToken) || strings.ContainsAny(app, " \t\r\n"):
			r.problem(key("app_token"), "must be one word that begins with %s: the app-level token with the scope connections:write, not the bot's", appToken)
		case c.Token.IsZero():
			r.problem(key("app_token"), "needs token too: with a webhook nobody's answer could be shown")
		}
	}
	switch hook := !c.Webhook.IsZero(); {
	case hook && !c.Token.IsZero():
		r.problem(key("webhook"), "and token exclude each other: the token needs no webhook")
	case hook && c.Channel != "":
		r.problem(key("channel"), "goes with token; a webhook has its channel built in")
	case hook:
		if u, err := url.Parse(c.Webhook.Reveal()); err != nil || u.Host == "" || u.Scheme != "https" {
			r.problem(key("webhook"), "is not an https URL")
		}
	case c.Token.IsZero():
		r.problem(key("token"), "or webhook is needed")
	case c.Channel == "":
		r.problem(key("channel"), "is needed with a token, such as #ai-reg-alerts")
	}
}

func (r *reading) oneOf(key, value string, allowed ...string) {
	if slices.Contains(allowed, value) {
		return
	}
	var words []string
	for _, a := range allowed {
		if a != "" {
			words = append(words, a)
		}
	}
	if value == "" {
		r.problem(key, "must be one of %s", strings.Join(words, ", "))
		return
	}
	r.problem(key, "%q is not one of %s", value, strings.Join(words, ", "))
}

func (r *reading) between(key string, d Duration, low, high time.Duration) {
	if time.Duration(d) < low || time.Duration(d) > high {
		r.problem(key, "must be between %s and %s", Duration(low), Duration(high))
	}
}

func (r *reading) sourceID(key, id string) {
	for part := range strings.SplitSeq(strings.TrimSuffix(id, "/"), "/") {
		if !name(part) {
			r.problem(key, "%q is not the ID of a source, such as meti/ai-guidelines, or its beginning with a slash at the end", id)
			return
		}
	}
}

// name reports whether s is fit for an ID.
func name(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

func contact(s string) bool {
	if !printable(s) || strings.ContainsAny(s, "()") {
		return false
	}
	if u, err := url.Parse(s); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		return true
	}
	return address(strings.TrimPrefix(s, "mailto:"))
}

func list[T ~string](words []T) string {
	s := make([]string, len(words))
	for i, w := range words {
		s[i] = string(w)
	}
	return strings.Join(s, ", ")
}

// suggest proposes the known key that an unknown one was probably meant to be.
func suggest(key string) string {
	_, last, _ := cutLast(key)
	best, least := "", 3
	for _, k := range Keys() {
		_, known, _ := cutLast(k)
		if d := distance(last, known); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// Keys returns every key that a configuration file may hold, dotted, in the order of
// their documentation; those of channels begin with "channel.".
func Keys() []string { return keysOf(reflect.TypeFor[Config](), "") }

func keysOf(t reflect.Type, prefix string) []string {
	var out []string
	for f := range t.Fields() {
		tag := f.Tag.Get("toml")
		typ := f.Type
		if f.Anonymous {
			out = append(out, keysOf(typ, prefix)...)
			continue
		}
		if typ == reflect.SliceOf(t) {
			continue // a tree, whose branches have the same keys
		}
		if typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() == reflect.Struct && typ != reflect.TypeFor[Secret]() {
			out = append(out, keysOf(typ, prefix+tag+".")...)
			continue
		}
		out = append(out, prefix+tag)
	}
	return out
}

// distance is how many letters must be put in, taken out or exchanged to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			up := row[j+1]
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, up, row[j])
			}
			diagonal, row[j+1] = up, cost
		}
	}
	return row[len(b)]
}
