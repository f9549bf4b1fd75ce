// Package fetch gets bytes from the web, politely and safely, or from WARC archives of
// it, through one door.
//
// Client asks for one URL and returns a kaisei.Capture or a *kaisei.Fault that names
// the cause and what an operator can do. It says who it is, asks conditionally where
// it has validators, follows robots.txt, sends one request at a time to a host with a
// gap between two, and runs only so many hosts at once. It never reaches an address
// that is not public, whatever a name resolves to and wherever a redirect leads,
// never gives up checking certificates, and holds no more of an answer than its
// limits allow. It does not judge content: a maintenance page with status 200 is a
// capture.
//
// Archive is an http.RoundTripper that answers from WARC files as of a virtual time.
// A Client whose Transport is an Archive walks the past by the same code that walks
// the present.
package fetch

import "time"

// The limits of a Client. Those with a field of the same meaning hold where the field is zero.
const (
	// DefaultMaxBytes is the largest body, after content decoding.
	DefaultMaxBytes = 64 << 20
	// DefaultTimeout bounds one request from dialling to the last byte; waiting for a turn and
	// for the gap is not counted.
	DefaultTimeout = 2 * time.Minute
	// DefaultParallel is how many hosts are asked at the same time.
	DefaultParallel = 8
	// DefaultGap is the least time between the end of one request to a public host and the
	// start of the next.
	DefaultGap = time.Second

	// MaxRedirects is how many redirects are followed for one Get.
	MaxRedirects = 10
	// MaxHeaderBytes bounds the status line and headers of an answer.
	MaxHeaderBytes = 256 << 10
	// ConnectTimeout, TLSTimeout and HeaderTimeout bound the parts of a request before its body.
	ConnectTimeout = 15 * time.Second
	TLSTimeout     = 15 * time.Second
	HeaderTimeout  = 60 * time.Second
	// A body must bring MinBodyBytes in every BodyWindow, except the last.
	BodyWindow   = 20 * time.Second
	MinBodyBytes = 4 << 10
	// MaxInflation is how many times larger than its transfer a compressed body may be, once
	// it is larger than InflationFree. Real pages stay below 60.
	MaxInflation  = 200
	InflationFree = 4 << 20
	// MaxRetryAfter bounds what is believed of a Retry-After header.
	MaxRetryAfter = 24 * time.Hour
	// MaxHostWait bounds how long the other URLs of a host wait because one of them was answered
	// with Retry-After: it may speak for that URL alone. TooManyWait is how long a host is left alone
	// that answers 429 without saying how long.
	MaxHostWait = 6 * time.Hour
	TooManyWait = time.Minute
	// MaxTurnWait is the longest that a request waits for a host that asked to be left alone;
	// beyond it the request is not made, and its fault says when to ask.
	MaxTurnWait = time.Minute
	// MaxHeaderValue bounds each header value kept as evidence; longer ones are left out.
	MaxHeaderValue = 1 << 10

	// RobotsTTL is how long an answer to robots.txt holds, RobotsRetry how long a failure does,
	// and RobotsStale how long an old answer stands in for a host that fails.
	RobotsTTL   = 24 * time.Hour
	RobotsRetry = 10 * time.Minute
	RobotsStale = 30 * 24 * time.Hour
	// MaxRobotsBytes and MaxRobotsLines are how much of robots.txt is read; RFC 9309 asks for
	// at least the former.
	MaxRobotsBytes = 500 << 10
	MaxRobotsLines = 5000
	// MaxCrawlDelay is the longest Crawl-delay honoured.
	MaxCrawlDelay = 30 * time.Second
	// MaxHosts is how many hosts are remembered, with their turn and robots.txt, once idle.
	MaxHosts = 1024
)

// Product is the name by which robots.txt files address the client, and the user agent
// of a Client that was not given one.
const Product = "kaisei"

// browserPrefix is what firewalls of some ministries look for. The product and contact
// follow it.
const browserPrefix = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
