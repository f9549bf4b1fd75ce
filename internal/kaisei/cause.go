package kaisei

import "slices"

// Cause is why a look failed or was doubted. Each has a name and a remedy that an operator can
// read, in package render.
type Cause string

// The causes of a look that failed.
const (
	CauseDNS          Cause = "dns"
	CauseRefused      Cause = "refused"
	CauseNetwork      Cause = "network"
	CauseTLS          Cause = "tls"
	CauseTimeout      Cause = "timeout"
	CauseRedirect     Cause = "redirect"      // to nothing that can be asked for
	CauseRedirectLoop Cause = "redirect-loop" // in a circle, or too many
	CauseRedirectAway Cause = "redirect-away" // to a host that the source may not lead to
	CauseForbidden    Cause = "forbidden"     // the address is private, or no web address
	CauseRobots       Cause = "robots"        // robots.txt disallows it
	CauseBotWall      Cause = "bot-wall"      // 403, 202 with an empty body, a challenge to solve
	CauseNotFound     Cause = "not-found"     // 404 or 410 where nothing was ever read
	CauseVanished     Cause = "vanished"      // 404 or 410 where something was read before
	CauseClient       Cause = "http-4xx"      // another 4xx
	CauseServer       Cause = "http-5xx"
	CauseTooMany      Cause = "http-429"
	CauseTruncated    Cause = "truncated" // fewer bytes than announced, or a broken encoding of them
	CauseTooLarge     Cause = "too-large"
	CauseWrongType    Cause = "wrong-type"   // not the kind of file it should be
	CauseDecode       Cause = "decode"       // the bytes do not decode or parse
	CauseEncrypted    Cause = "encrypted"    // needs a password
	CauseEmpty        Cause = "empty"        // nothing readable
	CauseNoSelection  Cause = "no-selection" // the selection or the follow rules matched nothing
	CauseNoText       Cause = "no-text"      // pages without extractable text
	CauseLimit        Cause = "limit"        // a limit of the reader was hit
	CauseNotArchived  Cause = "not-archived" // the archive replayed holds no such answer yet
	CauseInternal     Cause = "internal"
)

// The causes of a look that is doubted: the answer came and could be read, and is not believed.
const (
	CauseImplausible Cause = "implausible" // of another form, or without anything of the text before
	CauseStandIn     Cause = "stand-in"    // a page in place of the one asked for: maintenance, soft 404, challenge
	CauseHomePage    Cause = "home-page"   // a redirect to the top page
	CauseLogin       Cause = "login"       // a form that asks for a password
	CauseCollapsed   Cause = "collapsed"   // little is left of the text
	CauseNoJapanese  Cause = "no-japanese" // a Japanese source answers without Japanese, or garbled
	CauseDamaged     Cause = "damaged"     // the file opens, and parts of it are broken or cut off
)

// CauseUnconfirmed is of a look at a web page that changed in place: a further look decides. It is no
// failure and no doubt about the answer.
const CauseUnconfirmed Cause = "unconfirmed"

// Causes returns all causes.
func Causes() []Cause {
	return []Cause{
		CauseDNS, CauseRefused, CauseNetwork, CauseTLS, CauseTimeout, CauseRedirect, CauseRedirectLoop, CauseRedirectAway,
		CauseForbidden, CauseRobots, CauseBotWall, CauseNotFound, CauseVanished, CauseClient, CauseServer, CauseTooMany,
		CauseTruncated, CauseTooLarge, CauseWrongType, CauseDecode, CauseEncrypted, CauseEmpty, CauseNoSelection, CauseNoText,
		CauseLimit, CauseNotArchived, CauseInternal,
		CauseImplausible, CauseStandIn, CauseHomePage, CauseLogin, CauseCollapsed, CauseNoJapanese, CauseDamaged,
		CauseUnconfirmed,
	}
}

// Implausible reports whether the cause is one of doubt: something answered, and it is not believed.
func (c Cause) Implausible() bool {
	return slices.Contains([]Cause{
		CauseImplausible, CauseStandIn, CauseHomePage, CauseLogin, CauseCollapsed, CauseNoJapanese, CauseDamaged,
	}, c)
}

// Missing reports whether the server said that nothing is there.
func (c Cause) Missing() bool { return c == CauseNotFound || c == CauseVanished }

// Known reports whether c is one of the causes.
func (c Cause) Known() bool { return slices.Contains(Causes(), c) }

// Verdicts returns all verdicts.
func Verdicts() []Verdict {
	return []Verdict{
		VerdictFirst, VerdictChanged, VerdictNotModified, VerdictSameBytes, VerdictSameText, VerdictReissued, VerdictListing,
		VerdictSuspect, VerdictFailed,
	}
}
