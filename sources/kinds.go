package sources

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
)

// reader turns one captured page of a source into targets. It is pure. Errors are
// faults.
type reader func(s kaisei.Source, c kaisei.Capture, as kaisei.FollowAs) ([]kaisei.Target, error)

// kinds says how each kind of source is read. To add a kind is to add a file and a line here.
var kinds = map[kaisei.Kind]reader{
	kaisei.KindPage:  page,
	kaisei.KindIndex: index,
	kaisei.KindFeed:  feed,
	kaisei.KindLaw:   law,
}

// maxBody bounds what is parsed as a page or feed; a feed of 22 MB was measured to take
// 444 MB of memory. Documents that are merely passed on as they are may be larger.
const maxBody = 5 << 20

// Targets says what a source offers in captured bytes. As is FollowListing where c is a
// further listing of an index, and empty where c answers the source's own URL. Errors are
// *kaisei.Fault: emptiness is one, never an empty answer, except on a further
// listing, which may hold nothing to follow.
func (c *Catalog) Targets(s kaisei.Source, capture kaisei.Capture, as kaisei.FollowAs) ([]kaisei.Target, error) {
	read, ok := kinds[s.Kind]
	if !ok {
		return nil, kaisei.Faultf(kaisei.CauseInternal, "source %s has the unknown kind %q", s.ID, s.Kind)
	}
	targets, err := read(s, capture, as)
	if err != nil {
		return nil, err
	}
	if st, ok := c.standing[s.ID]; ok {
		for i := range targets {
			if targets[i].Document == s.ID {
				targets[i].SameAs, targets[i].Translates = st.sameAs, st.translates
			}
		}
	}
	return targets, nil
}

// finalURL returns the URL that answered.
func finalURL(c kaisei.Capture) string {
	if c.FinalURL != "" {
		return c.FinalURL
	}
	return c.URL
}

// SniffKind tells from its bytes what kind of source a page would make: a feed, a list of
// revisions of the law API, or else a page that is a document itself.
func SniffKind(c kaisei.Capture) kaisei.Kind {
	body := bytes.TrimLeft(bytes.TrimPrefix(c.Body, []byte("\xef\xbb\xbf")), " \t\r\n")
	head := body[:min(len(body), sniffLen)]
	switch {
	case feedRoot.Match(head) && !htmlRoot.Match(head):
		return kaisei.KindFeed
	case len(body) > 0 && body[0] == '{' && len(body) <= maxBody:
		var answer struct {
			Revisions []json.RawMessage `json:"revisions"`
			Law       struct {
				ID string `json:"law_id"`
			} `json:"law_info"`
		}
		if json.Unmarshal(body, &answer) == nil && answer.Law.ID != "" && len(answer.Revisions) > 0 {
			return kaisei.KindLaw
		}
	}
	return kaisei.KindPage
}

// sniffLen is how far into a body its root element is looked for.
const sniffLen = 4096

var (
	feedRoot = regexp.MustCompile(`(?i)^(?:<\?xml[^>]*>|<!--(?s:.*?)-->|<\?xml-stylesheet[^>]*>|\s)*<(?:rss|rdf:RDF|feed)[\s>]`)
	htmlRoot = regexp.MustCompile(`(?i)<(?:!doctype\s+html|html)[\s>]`)
)

// Adhoc returns a source for a URL that the catalogue does not know, with the shipped
// keywords for a feed and selectors that fit most pages. Its ID is made of the
// URL ("adhoc/www.example.go.jp/news/index.html"), so the same URL is always the same source.
func Adhoc(kind kaisei.Kind, rawURL string) kaisei.Source {
	c, err := shippedCatalog()
	if err != nil {
		c = &Catalog{}
	}
	return c.Adhoc(kind, rawURL)
}

// Adhoc is as the function of that name, with the operator's keywords and what the
// catalogue knows of the host.
func (c *Catalog) Adhoc(kind kaisei.Kind, rawURL string) kaisei.Source {
	host := hostOf(rawURL)
	s := kaisei.Source{
		ID:            adhocID(rawURL),
		Title:         kaisei.Text{JA: rawURL, EN: rawURL},
		Authority:     "adhoc",
		AuthorityName: kaisei.Text{JA: host, EN: host},
		Kind:          kind,
		URL:           rawURL,
		Layer:         kaisei.LayerNews,
		Language:      "ja",
		Origin:        "the URL itself",
	}
	switch kind {
	case kaisei.KindFeed:
		s.Keywords = c.words
	case kaisei.KindIndex:
		s.Follow = []kaisei.Follow{
			{As: kaisei.FollowDocument, URL: `(?i)\.(?:pdf|docx?|xlsx?|pptx?)(?:\?|$)`},
			{As: kaisei.FollowItem},
		}
		s.Keywords = c.words
	case kaisei.KindLaw:
		s.Law = lawInURL.FindString(rawURL)
		s.Layer = kaisei.LayerLaw
	}
	applyHost(&s, c.hosts, nil)
	if s.Select == nil && kind != kaisei.KindFeed && kind != kaisei.KindLaw {
		s.Select = slices.Clone(contentSelectors)
	}
	return s
}

// contentSelectors find the content of most pages; the last one always matches.
var contentSelectors = []string{
	"#__main_contents", "main", "[role=main]", "#mainContents", "#main-contents", "#contentsMain",
	"#contentsInner", "article", "#contents", "#content", "#main", ".contents", "body",
}

var (
	lawInURL  = regexp.MustCompile(`[0-9]{3}[A-Z0-9]{12}`)
	notInID   = regexp.MustCompile(`[^A-Za-z0-9._/-]+`)
	manySlash = regexp.MustCompile(`/{2,}`)
)

// adhocHashLen is how many digits of a hash tell apart two URLs that make the same ID.
const adhocHashLen = 8

// maxAdhocID bounds an ID made of a URL.
const maxAdhocID = 200

// adhocID makes an ID of a URL; where characters had to be replaced a hash keeps it unique.
func adhocID(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "adhoc/" + kaisei.Hash([]byte(raw))[:adhocHashLen]
	}
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "/" + u.RawQuery
	}
	id := "adhoc/" + strings.ToLower(u.Host) + "/" + path
	clean := strings.Trim(manySlash.ReplaceAllString(notInID.ReplaceAllString(id, "-"), "/"), "/")
	if len(clean) > maxAdhocID || clean != strings.Trim(manySlash.ReplaceAllString(id, "/"), "/") {
		clean = clean[:min(len(clean), maxAdhocID)] + "-" + kaisei.Hash([]byte(raw))[:adhocHashLen]
	}
	return clean
}
