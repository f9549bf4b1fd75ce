package fetch

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"kaisei/internal/kaisei"
)

// redirect returns where the answer from u leads, if a visit may follow.
func (v *visit) redirect(u *url.URL, a *answer) (*url.URL, *kaisei.Fault) {
	refuse := func(cause kaisei.Cause, format string, args ...any) (*url.URL, *kaisei.Fault) {
		f := kaisei.Faultf(cause, format, args...)
		f.Status = a.status
		return nil, f
	}
	next, err := u.Parse(a.location)
	if err != nil {
		return refuse(kaisei.CauseRedirect, "%s redirects to something that is no URL", shown(u))
	}
	switch {
	case next.Scheme != "http" && next.Scheme != "https":
		return refuse(kaisei.CauseRedirect, "%s redirects to the scheme %.20q; only http and https are followed", shown(u), next.Scheme)
	case next.Hostname() == "":
		return refuse(kaisei.CauseRedirect, "%s redirects to a URL without a host", shown(u))
	case next.User != nil:
		return refuse(kaisei.CauseRedirect, "%s redirects to a URL with a user name", shown(u))
	case !v.mayLead(next):
		return refuse(kaisei.CauseRedirectAway, "%s redirects to the host %s, which is not among those that the source may lead to", shown(u), next.Host)
	case len(v.redirects) == MaxRedirects:
		return refuse(kaisei.CauseRedirectLoop, "%s redirects more than %d times, lastly to %s", shown(v.first), MaxRedirects, shown(next))
	}
	next.Fragment, next.RawFragment = "", ""
	if next.Path == "" {
		next.Path = "/"
	}
	// The same URL again can only end differently where a cookie was set on the way.
	if s := next.String(); len(a.cookies) == 0 && (s == v.first.String() || slices.Contains(v.redirects, s)) {
		return refuse(kaisei.CauseRedirectLoop, "%s redirects in a circle, by way of %s", shown(v.first), shown(next))
	}
	v.redirects = append(v.redirects, next.String())
	return next, nil
}

// mayLead reports whether redirects may lead to the host of next.
func (v *visit) mayLead(next *url.URL) bool { return MayLead(v.first, next, v.request.Policy.Hosts) }

// MayLead reports whether what was found at from, a redirect or a link, may lead to the host of to: to
// from's own host and its registrable neighbours, and to hosts (see kaisei.FetchPolicy.Hosts).
func MayLead(from, to *url.URL, hosts []string) bool {
	if hosts == nil {
		return true
	}
	host := strings.ToLower(to.Hostname())
	if neighbours(host, strings.ToLower(from.Hostname())) {
		return true
	}
	return slices.ContainsFunc(hosts, func(h string) bool {
		if strings.HasPrefix(h, ".") {
			return len(host) > len(h) && strings.EqualFold(host[len(host)-len(h):], h)
		}
		return strings.EqualFold(h, host)
	})
}

// neighbours reports whether a and b are the same host or belong to the same
// registrable domain (www8.cao.go.jp and www.cao.go.jp).
func neighbours(a, b string) bool {
	if a == b {
		return true
	}
	da, err := publicsuffix.EffectiveTLDPlusOne(a)
	if err != nil {
		return false
	}
	db, err := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && da == db
}
