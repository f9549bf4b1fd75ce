package noise

import (
	"net/url"
	"regexp"
	"strings"
)

// What servers put into addresses for one visitor or one moment. Such a part is no part of where something
// stands: with it, every look would find every link new.
var (
	pathSession  = regexp.MustCompile(`(?i);jsessionid=[^/?#;]*`)
	querySession = regexp.MustCompile(`(?i)^(?:` + sessions + `)=|^sid=[0-9a-z]{16,}$`)
	// queryMoment is the present as Unix time, in seconds or milliseconds, by which pages get round caches.
	queryMoment = regexp.MustCompile(`(?i)^(?:_|v|t|ts|time|timestamp|nocache|rand)=1[0-9]{9}(?:[0-9]{3})?$`)
)

// Address returns the address without numbers of sessions and of the present moment. A short sid and a
// version such as v=2 or v=20260331 stay: they can name what stands there.
func Address(u *url.URL) *url.URL {
	if !pathSession.MatchString(u.Path) && u.RawQuery == "" {
		return u
	}
	v := *u
	v.Path = pathSession.ReplaceAllString(v.Path, "")
	v.RawPath = pathSession.ReplaceAllString(v.RawPath, "")
	var kept []string
	for _, part := range strings.Split(v.RawQuery, "&") {
		if !querySession.MatchString(part) && !queryMoment.MatchString(part) {
			kept = append(kept, part)
		}
	}
	v.RawQuery = strings.Join(kept, "&")
	return &v
}
