package sources

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// maxFeedHead is how much of a feed is searched for how often it wants to be asked: the elements
// of the channel stand before its items.
const maxFeedHead = 64 << 10

var (
	feedItems  = regexp.MustCompile(`<(?:[A-Za-z0-9]+:)?(?:item|entry)[\s>]`)
	feedTTL    = regexp.MustCompile(`<ttl>\s*([0-9]{1,7})\s*</ttl>`)
	feedPeriod = regexp.MustCompile(`<(?:[A-Za-z0-9]+:)?updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*<`)
	feedTimes  = regexp.MustCompile(`<(?:[A-Za-z0-9]+:)?updateFrequency>\s*([0-9]{1,9})\s*<`)
	maxAge     = regexp.MustCompile(`(?i)(?:^|[\s,])max-age\s*=\s*"?([0-9]{1,9})`)
)

// periods are the words of the syndication module of RSS 1.0.
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// Pace returns the least time between two looks that a feed asks for: the longest of the ttl of RSS 2.0
// (minutes), the updatePeriod and updateFrequency of the syndication module, and the max-age of the answer
// less its Age. Zero means that it does not say. Only feeds are believed: programs are told by these words how
// often to ask, while the max-age of a page is set for browsers, often for a whole site.
func (c *Catalog) Pace(s kaisei.Source, got kaisei.Capture) time.Duration {
	if s.Kind != kaisei.KindFeed {
		return 0
	}
	head := got.Body[:min(len(got.Body), maxFeedHead)]
	if at := feedItems.FindIndex(head); at != nil {
		// In RSS 1.0 the channel names its items in a list that is no item.
		head = head[:at[0]]
	}
	head = bytes.TrimSpace(head)
	every := time.Duration(digits(feedTTL, head)) * time.Minute
	if m := feedPeriod.FindSubmatch(head); m != nil {
		every = max(every, periods[string(m[1])]/time.Duration(max(digits(feedTimes, head), 1)))
	}
	return max(every, freshFor(got))
}

// freshFor is how long the answer may be kept by a cache.
func freshFor(c kaisei.Capture) time.Duration {
	control := c.Header["Cache-Control"]
	if l := strings.ToLower(control); strings.Contains(l, "no-cache") || strings.Contains(l, "no-store") {
		return 0
	}
	age, _ := strconv.Atoi(strings.TrimSpace(c.Header["Age"])) // no age is none
	return max(0, time.Duration(digits(maxAge, []byte(control))-max(age, 0))*time.Second)
}

// digits is the number that an expression finds, or 0.
func digits(re *regexp.Regexp, in []byte) int {
	m := re.FindSubmatch(in)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(m[1])) // the expression takes digits only
	return n
}
