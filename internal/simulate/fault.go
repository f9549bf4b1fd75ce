package simulate

import (
	"slices"

	"kaisei/internal/kaisei"
)

// Fault is one way in which an address fails to answer with what it should.
type Fault string

// The faults. The first three strike a whole server.
const (
	FaultDNS            Fault = "dns"             // the name of the server does not resolve
	FaultRefused        Fault = "refused"         // connections are refused
	FaultTLS            Fault = "tls"             // the certificate ran out
	FaultTimeout        Fault = "timeout"         // no answer comes
	FaultSlowBody       Fault = "slow-body"       // the body comes by the byte
	FaultLoop           Fault = "redirect-loop"   // two addresses redirect to each other
	FaultHome           Fault = "redirect-home"   // the address redirects to the top page
	FaultGone           Fault = "404"             // what was there is not found
	FaultForbidden      Fault = "403"             // a firewall's page with 403
	FaultAccepted       Fault = "202"             // 202 with an empty body, as METI's firewall answers
	FaultChallenge      Fault = "challenge"       // a firewall's puzzle with 200
	FaultBlocked        Fault = "blocked"         // a firewall's refusal with 200
	FaultMaintenance    Fault = "maintenance"     // a maintenance page with 200
	FaultMaintenance503 Fault = "maintenance-503" // the same with 503
	FaultSoft404        Fault = "soft-404"        // a page that says it is not there, with 200
	FaultLogin          Fault = "login"           // a form that asks who is there, with 200
	FaultServer         Fault = "500"             // 500
	FaultTooMany        Fault = "429"             // 429
	FaultTooManyWait    Fault = "429-retry-after" // 429 with Retry-After
	FaultCut            Fault = "cut"             // the body is shorter than announced
	FaultCutChunked     Fault = "cut-chunked"     // the connection breaks within a chunked body
	FaultCutGzip        Fault = "cut-gzip"        // the compressed body ends early though its length is right
	FaultWrongType      Fault = "wrong-type"      // a web page at the address of a PDF or feed
	FaultEmpty          Fault = "empty"           // 200 with no bytes
	FaultHollow         Fault = "hollow"          // the page around an empty main element
	FaultGarbled        Fault = "garbled"         // bytes that are no text
	FaultTooLarge       Fault = "too-large"       // a body larger than any page
	FaultErrorPage      Fault = "error-page"      // a program's error message with 200
	FaultOtherPage      Fault = "generic"         // the site's top page under the address, with 200 and without a redirect
)

// Faults returns all faults.
func Faults() []Fault {
	return []Fault{
		FaultDNS, FaultRefused, FaultTLS, FaultTimeout, FaultSlowBody, FaultLoop, FaultHome, FaultGone, FaultForbidden, FaultAccepted, FaultChallenge,
		FaultBlocked, FaultMaintenance, FaultMaintenance503, FaultSoft404, FaultLogin, FaultServer, FaultTooMany, FaultTooManyWait, FaultCut, FaultCutChunked,
		FaultCutGzip, FaultWrongType, FaultEmpty, FaultHollow, FaultGarbled, FaultTooLarge, FaultErrorPage, FaultOtherPage,
	}
}

// Host reports whether the fault strikes a whole server and not one address.
func (f Fault) Host() bool { return f == FaultDNS || f == FaultRefused || f == FaultTLS }

// Page reports whether the fault can strike one web page.
func (f Fault) Page() bool { return !f.Host() && f != FaultWrongType }

// Causes returns the causes by which a ledger names the fault rightly, the best first.
func (f Fault) Causes() []kaisei.Cause {
	switch f {
	case FaultDNS:
		return []kaisei.Cause{kaisei.CauseDNS}
	case FaultRefused:
		return []kaisei.Cause{kaisei.CauseRefused}
	case FaultTLS:
		return []kaisei.Cause{kaisei.CauseTLS}
	case FaultTimeout, FaultSlowBody:
		return []kaisei.Cause{kaisei.CauseTimeout}
	case FaultLoop:
		return []kaisei.Cause{kaisei.CauseRedirectLoop, kaisei.CauseRedirect}
	case FaultHome:
		return []kaisei.Cause{kaisei.CauseHomePage, kaisei.CauseImplausible}
	case FaultGone:
		return []kaisei.Cause{kaisei.CauseVanished, kaisei.CauseNotFound}
	case FaultForbidden, FaultAccepted:
		return []kaisei.Cause{kaisei.CauseBotWall}
	case FaultChallenge, FaultBlocked:
		return []kaisei.Cause{kaisei.CauseBotWall, kaisei.CauseStandIn, kaisei.CauseImplausible}
	case FaultMaintenance, FaultSoft404, FaultErrorPage:
		return []kaisei.Cause{kaisei.CauseStandIn, kaisei.CauseImplausible}
	case FaultOtherPage:
		return []kaisei.Cause{kaisei.CauseHomePage, kaisei.CauseStandIn, kaisei.CauseCollapsed, kaisei.CauseImplausible}
	case FaultLogin:
		return []kaisei.Cause{kaisei.CauseLogin, kaisei.CauseStandIn, kaisei.CauseImplausible}
	case FaultMaintenance503, FaultServer:
		return []kaisei.Cause{kaisei.CauseServer}
	case FaultTooMany, FaultTooManyWait:
		return []kaisei.Cause{kaisei.CauseTooMany}
	case FaultCut, FaultCutChunked, FaultCutGzip:
		return []kaisei.Cause{kaisei.CauseTruncated}
	case FaultWrongType:
		return []kaisei.Cause{kaisei.CauseWrongType}
	case FaultEmpty:
		return []kaisei.Cause{kaisei.CauseEmpty}
	case FaultHollow:
		return []kaisei.Cause{kaisei.CauseNoSelection, kaisei.CauseEmpty, kaisei.CauseCollapsed, kaisei.CauseImplausible}
	case FaultGarbled:
		return []kaisei.Cause{kaisei.CauseDecode, kaisei.CauseNoJapanese, kaisei.CauseWrongType}
	case FaultTooLarge:
		return []kaisei.Cause{kaisei.CauseTooLarge}
	}
	return nil
}

// Named reports whether a ledger that says cause names the fault rightly.
func (f Fault) Named(cause kaisei.Cause) bool { return slices.Contains(f.Causes(), cause) }

// slow reports whether the fault makes a reader wait.
func (f Fault) slow() bool { return f == FaultTimeout || f == FaultSlowBody }

// busy reports whether the fault keeps whoever asked from the whole host.
func (f Fault) busy() bool { return f == FaultTooMany || f == FaultTooManyWait }

// webPage reports whether the fault answers 200 with a web page of another kind than asked for.
func (f Fault) webPage() bool {
	return slices.Contains([]Fault{
		FaultHome, FaultChallenge, FaultBlocked, FaultMaintenance, FaultSoft404, FaultLogin, FaultErrorPage, FaultOtherPage, FaultHollow, FaultGarbled,
	}, f)
}
