package sources

import (
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestPaceIsWhatAFeedAsksFor(t *testing.T) {
	c := catalogue(t)
	feed := kaisei.Source{ID: "mihon/feed", Kind: kaisei.KindFeed}
	for name, k := range map[string]struct {
		body, control, age string
		want               time.Duration
	}{
		"nothing":              {"<rss><channel><item><title>a</title></item></channel></rss>", "", "", 0},
		"ttl of RSS 2.0":       {"<rss><channel><ttl> 90 </ttl><item/></channel></rss>", "", "", 90 * time.Minute},
		"ttl within an item":   {"<rss><channel><item><ttl>90</ttl></item></channel></rss>", "", "", 0},
		"a year":               {"<rss><channel><ttl>525600</ttl></channel></rss>", "", "", 365 * 24 * time.Hour},
		"twice a day":          {"<rdf:RDF><channel><items><rdf:Seq/></items><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel><item rdf:about=''/></rdf:RDF>", "", "", 12 * time.Hour},
		"no frequency":         {"<channel><syn:updatePeriod>hourly</syn:updatePeriod></channel>", "", "", time.Hour},
		"frequency of zero":    {"<channel><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency></channel>", "", "", 24 * time.Hour},
		"another word":         {"<channel><sy:updatePeriod>always</sy:updatePeriod></channel>", "", "", 0},
		"max-age":              {"<feed><entry/></feed>", "public, max-age=7200", "", 2 * time.Hour},
		"less its age":         {"<feed><entry/></feed>", "max-age=7200", "600", 110 * time.Minute},
		"older than that":      {"<feed><entry/></feed>", "max-age=60", "600", 0},
		"s-maxage is no more":  {"<feed><entry/></feed>", "s-maxage=7200", "", 0},
		"no-cache":             {"<feed><entry/></feed>", "no-cache, max-age=7200", "", 0},
		"the longest of three": {"<rss><channel><ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod></channel></rss>", "max-age=600", "", time.Hour},
		"a number too long":    {"<rss><channel><ttl>" + strings.Repeat("9", 400) + "</ttl></channel></rss>", "max-age=" + strings.Repeat("9", 400), "-5", 999999999 * time.Second},
	} {
		got := kaisei.Capture{Body: []byte(k.body), Snapshot: kaisei.Snapshot{Header: map[string]string{"Cache-Control": k.control, "Age": k.age}}}
		if d := c.Pace(feed, got); d != k.want {
			t.Errorf("%s: %v, want %v", name, d, k.want)
		}
	}
	page := kaisei.Capture{Snapshot: kaisei.Snapshot{Header: map[string]string{"Cache-Control": "max-age=7200"}}}
	if d := c.Pace(kaisei.Source{Kind: kaisei.KindPage}, page); d != 0 {
		t.Errorf("the max-age of a page is believed: %v", d)
	}
}
