package sources

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"

	"kaisei/internal/kaisei"
	"kaisei/internal/schedule"
)

// checker collects what is wrong with the rows.
type checker struct {
	m        *merged
	problems []error
}

func (k *checker) problem(at place, format string, args ...any) {
	k.problems = append(k.problems, fmt.Errorf("%v: %s", at, fmt.Sprintf(format, args...)))
}

// check reports what is wrong with one source.
func (k *checker) check(e *entry, s kaisei.Source) {
	if !sourceID.MatchString(s.ID) {
		k.problem(e.at("id"), "id %q: write the authority and a name in small letters, such as meti/ai-guidelines", s.ID)
	}
	if _, ok := k.m.authorities[s.Authority]; !ok {
		k.problem(e.at("authority"), "%s: unknown authority %q; name it in an [authority.%s] table", s.ID, s.Authority, s.Authority)
	}
	if s.Title.JA == "" && s.Title.EN == "" {
		k.problem(e.at("title"), "%s: a source needs a title", s.ID)
	}
	if _, ok := kinds[s.Kind]; !ok {
		k.problem(e.at("kind"), "%s: unknown kind %q; it is page, index, feed or law", s.ID, s.Kind)
	}
	if !s.Layer.Known() {
		k.problem(e.at("layer"), "%s: unknown layer %q", s.ID, s.Layer)
	}
	if s.Language != "ja" && s.Language != "en" {
		k.problem(e.at("language"), "%s: language %q: it is ja or en", s.ID, s.Language)
	}
	if err := checkURL(s.URL); err != nil {
		k.problem(e.at("url"), "%s: %v", s.ID, err)
	}
	if err := schedule.Check(s.Schedule, leastInterval(s.URL)); err != nil {
		k.problem(e.at("schedule"), "%s: %v", s.ID, err)
	}
	switch s.Confidence {
	case "", "A", "B", "C":
	default:
		k.problem(e.at("confidence"), "%s: confidence %q: it is A, B or C", s.ID, s.Confidence)
	}
	for _, h := range s.Fetch.Hosts {
		if !hostName.MatchString(h) {
			k.problem(e.at("fetch"), "%s: fetch.hosts %q: write a name such as www.example.go.jp, or .example.go.jp for all below it", s.ID, h)
		}
	}
	k.selectors(e, "select", s.ID, s.Select)
	k.selectors(e, "remove", s.ID, s.Remove)
	k.kindFields(e, s)
	for i, f := range s.Follow {
		k.follow(e, s, i, f)
	}
}

// kindFields reports fields that do nothing for the source's kind, and missing ones.
func (k *checker) kindFields(e *entry, s kaisei.Source) {
	if s.Kind == kaisei.KindLaw && !lawID.MatchString(s.Law) {
		k.problem(e.at("law"), "%s: a law needs its e-Gov law ID, such as 507AC0000000053, not %q", s.ID, s.Law)
	}
	if s.Kind != kaisei.KindLaw && s.Law != "" {
		k.problem(e.at("law"), "%s: law is for the kind law, not %q", s.ID, s.Kind)
	}
	if s.Kind != kaisei.KindIndex {
		if len(s.Follow) > 0 {
			k.problem(e.at("follow.0"), "%s: follow rules are for the kind index, not %q", s.ID, s.Kind)
		}
		if s.WatchText {
			k.problem(e.at("watch_text"), "%s: watch_text is for the kind index, not %q", s.ID, s.Kind)
		}
	} else if len(s.Follow) == 0 {
		k.problem(e.begin, "%s: an index needs at least one follow rule", s.ID)
	}
	if s.Kind != kaisei.KindPage && (e.row.SameAs != nil || e.row.Translates != nil) {
		k.problem(e.begin, "%s: same_as and translates stand in the follow rule of an index; on a source they are for the kind page", s.ID)
	}
}

func (k *checker) selectors(e *entry, key, id string, list []string) {
	for _, sel := range list {
		if _, err := cascadia.ParseGroup(sel); err != nil {
			k.problem(e.at(key), "%s: selector %q: %v", id, sel, err)
		}
	}
}

// follow checks one rule.
func (k *checker) follow(e *entry, s kaisei.Source, i int, f kaisei.Follow) {
	at := func(key string) place {
		if p, ok := e.keys["follow."+strconv.Itoa(i)+"."+key]; ok {
			return p
		}
		return e.at("follow." + strconv.Itoa(i))
	}
	for key, expr := range map[string]string{"text": f.Text, "url": f.URL, "not": f.Not} {
		if _, err := regexp.Compile(expr); err != nil {
			k.problem(at(key), "%s: %v", s.ID, err)
		}
	}
	switch f.As {
	case kaisei.FollowDocument:
	case kaisei.FollowListing, kaisei.FollowItem, kaisei.FollowIgnore:
		if f.Document != "" || f.SameAs != "" || f.Translates != "" {
			k.problem(at("document"), "%s: document, same_as and translates are for links followed as a document, not as %q", s.ID, f.As)
		}
	default:
		k.problem(at("as"), "%s: unknown %q; a link is followed as document, listing or item, or is to ignore", s.ID, f.As)
	}
	if f.Document != "" && !documentIn.MatchString(f.Document) {
		k.problem(at("document"), "%s: document %q: small letters, digits and hyphens", s.ID, f.Document)
	}
	if f.Layer != "" && !f.Layer.Known() {
		k.problem(at("layer"), "%s: unknown layer %q", s.ID, f.Layer)
	}
	if f.Language != "" && f.Language != "ja" && f.Language != "en" {
		k.problem(at("language"), "%s: language %q: it is ja or en", s.ID, f.Language)
	}
}

// former reports former IDs that are still in use.
func (k *checker) former(c *Catalog) {
	for i, s := range c.sources {
		for _, was := range s.Was {
			if j, taken := c.byID[was]; taken {
				k.problem(k.m.entries[s.ID].at("was"), "%s: the former id %q belongs to %s", s.ID, was, c.sources[j].ID)
				continue
			}
			c.byID[was] = i
		}
	}
}

// references reports same_as and translates that lead nowhere, and documents whose ID is that
// of another source.
func (k *checker) references(c *Catalog) {
	known := map[string]bool{}
	for _, s := range c.sources {
		known[s.ID] = true
	}
	for _, s := range c.sources {
		if s.Kind == kaisei.KindLaw {
			known[s.ID+lawText], known[s.ID+lawRevisions] = true, true
		}
		for i, f := range s.Follow {
			if f.Document == "" {
				continue
			}
			id := documentID(s.ID, f.Document)
			if _, taken := c.byID[id]; taken {
				k.problem(k.m.entries[s.ID].at("follow."+strconv.Itoa(i)+".document"), "%s: the document %q has the id of a source", s.ID, id)
			}
			known[id] = true
		}
	}
	for _, s := range c.sources {
		e := k.m.entries[s.ID]
		k.reference(known, e, s.ID, "same_as", value(e.row.SameAs))
		k.reference(known, e, s.ID, "translates", value(e.row.Translates))
		for i, f := range s.Follow {
			prefix := "follow." + strconv.Itoa(i) + "."
			k.reference(known, e, documentID(s.ID, f.Document), prefix+"same_as", f.SameAs)
			k.reference(known, e, documentID(s.ID, f.Document), prefix+"translates", f.Translates)
		}
	}
}

func (k *checker) reference(known map[string]bool, e *entry, from, key, to string) {
	_, name, nested := strings.Cut(key, ".")
	if nested {
		_, name, _ = strings.Cut(name, ".")
	} else {
		name = key
	}
	switch {
	case to == "":
	case to == from:
		k.problem(e.at(key), "%s: %s names the document itself", from, name)
	case !known[to]:
		k.problem(e.at(key), "%s: %s %q: no source and no follow rule names such a document", from, name, to)
	}
}

// checkURL refuses what cannot be asked for.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return fmt.Errorf("url %q: %w", raw, err)
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "", u.User != nil:
		return fmt.Errorf("url %q: write a full http or https address without a user", raw)
	case u.Fragment != "":
		return fmt.Errorf("url %q: leave the fragment out", raw)
	}
	return nil
}

// leastInterval is how often a source may be asked: a public site every five minutes, a machine of the
// operator's own (a test server, an intranet address) every minute, which is what cron can say.
func leastInterval(raw string) time.Duration {
	host := hostOf(raw)
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && (ip.IsLoopback() || ip.IsPrivate()) {
		return time.Minute
	}
	return schedule.MinInterval
}
