// Package blockkit knows Slack's Block Kit as far as kaisei uses it: what Slack documents as limits of a
// message (Check), and what a message looks like (Page), so that a message can be judged without a Slack.
// It is pure.
package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"unicode/utf8"
)

// Limits of a message, in characters where nothing else is said. MaxTotal is not documented: chat.postMessage
// was seen to refuse (msg_blocks_too_long) from about 13,200 characters in all; MaxJSON is how much of a message
// Slack takes before it cuts it.
const (
	MaxBlocks      = 50
	MaxHeader      = 150
	MaxText        = 3000
	MaxContext     = 10
	MaxActions     = 25
	MaxButton      = 75
	MaxPlaceholder = 150
	MaxValue       = 2000
	MaxURL         = 3000
	MaxID          = 255 // block_id and action_id
	MaxTotal       = 12000
	MaxJSON        = 40000
)

// The types of block and element that are used.
const (
	typeHeader  = "header"
	typeRich    = "rich_text"
	typeContext = "context"
	typeActions = "actions"

	typeSection = "rich_text_section"
	typeText    = "text"
	typeLink    = "link"
	typePlain   = "plain_text"
	typeButton  = "button"
	typeUsers   = "users_select"
)

type block struct {
	Type     string            `json:"type"`
	BlockID  string            `json:"block_id"`
	Text     *text             `json:"text"`
	Elements []json.RawMessage `json:"elements"`
}

type text struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji *bool  `json:"emoji"`
}

type section struct {
	Type     string `json:"type"`
	Elements []run  `json:"elements"`
}

// run is a piece of rich text.
type run struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	URL   string `json:"url"`
	Style struct {
		Bold   bool `json:"bold"`
		Strike bool `json:"strike"`
	} `json:"style"`
}

type control struct {
	Type        string `json:"type"`
	Text        *text  `json:"text"`
	Placeholder *text  `json:"placeholder"`
	ActionID    string `json:"action_id"`
	URL         string `json:"url"`
	Value       string `json:"value"`
	Style       string `json:"style"`
}

// strict reads JSON that has no field beyond those of v.
func strict(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// Check returns what Slack would refuse or cut in a message of blocks with a fallback text, in words; nothing
// where it would take it whole. Blocks and elements that kaisei does not use are refused too.
func Check(blocks json.RawMessage, fallback string) []string {
	c := checker{ids: map[string]bool{}}
	var bs []block
	if err := strict(blocks, &bs); err != nil {
		return []string{"the blocks do not parse: " + err.Error()}
	}
	if n := len(bs); n == 0 || n > MaxBlocks {
		c.bad("%d blocks", n)
	}
	c.words("the fallback text", fallback, MaxText)
	for i, b := range bs {
		c.block(fmt.Sprintf("block %d (%s)", i+1, b.Type), b)
	}
	if c.total > MaxTotal {
		c.bad("%d characters in all", c.total)
	}
	if n := utf8.RuneCount(blocks); n > MaxJSON {
		c.bad("%d characters of JSON", n)
	}
	return c.problems
}

type checker struct {
	problems []string
	// total counts the characters of all texts, addresses and values.
	total int
	// ids are the block_ids seen.
	ids map[string]bool
}

func (c *checker) bad(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// words checks a text that must not be empty.
func (c *checker) words(where, s string, limit int) {
	n := utf8.RuneCountInString(s)
	c.total += n
	if n == 0 || n > limit || !utf8.ValidString(s) {
		c.bad("%s has %d characters, of at most %d", where, n, limit)
	}
}

func (c *checker) plain(where string, t *text, limit int) {
	if t == nil || t.Type != typePlain {
		c.bad("%s is not plain text", where)
		return
	}
	c.words(where, t.Text, limit)
}

// address checks a URL; empty is none.
func (c *checker) address(where, s string) {
	n := utf8.RuneCountInString(s)
	c.total += n
	if u, err := url.Parse(s); err != nil || n > MaxURL || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		c.bad("%s has an address of %d characters that Slack does not take: %.80s", where, n, s)
	}
}

func (c *checker) block(where string, b block) {
	if utf8.RuneCountInString(b.BlockID) > MaxID {
		c.bad("%s: block_id is longer than %d", where, MaxID)
	}
	if b.BlockID != "" && c.ids[b.BlockID] {
		c.bad("%s: block_id %s is not its own", where, b.BlockID)
	}
	c.ids[b.BlockID] = true
	if b.Type != typeHeader && (len(b.Elements) == 0 || b.Text != nil) {
		c.bad("%s has no elements, or a text", where)
	}
	switch b.Type {
	case typeHeader:
		c.plain(where, b.Text, MaxHeader)
	case typeContext:
		c.context(where, b)
	case typeRich:
		c.rich(where, b)
	case typeActions:
		c.actions(where, b)
	default:
		c.bad("%s is not of a known type", where)
	}
}

func (c *checker) context(where string, b block) {
	if len(b.Elements) > MaxContext {
		c.bad("%s has %d elements", where, len(b.Elements))
	}
	for _, raw := range b.Elements {
		var t text
		if err := strict(raw, &t); err != nil {
			c.bad("%s: %v", where, err)
			continue
		}
		c.plain(where, &t, MaxText)
	}
}

func (c *checker) rich(where string, b block) {
	for _, raw := range b.Elements {
		var s section
		if err := strict(raw, &s); err != nil || s.Type != typeSection || len(s.Elements) == 0 {
			c.bad("%s has a section of type %q with %d elements: %v", where, s.Type, len(s.Elements), err)
		}
		for _, r := range s.Elements {
			c.words(where, r.Text, MaxText)
			switch r.Type {
			case typeText:
				if r.URL != "" {
					c.bad("%s has a text with an address", where)
				}
			case typeLink:
				c.address(where, r.URL)
			default:
				c.bad("%s has an element of type %q", where, r.Type)
			}
		}
	}
}

func (c *checker) actions(where string, b block) {
	if len(b.Elements) > MaxActions {
		c.bad("%s has %d elements", where, len(b.Elements))
	}
	seen := map[string]bool{}
	for _, raw := range b.Elements {
		var x control
		if err := strict(raw, &x); err != nil {
			c.bad("%s: %v", where, err)
			continue
		}
		if n := utf8.RuneCountInString(x.ActionID); n == 0 || n > MaxID || seen[x.ActionID] {
			c.bad("%s: action_id %q is empty, too long or not its own", where, x.ActionID)
		}
		seen[x.ActionID] = true
		c.total += utf8.RuneCountInString(x.Value)
		if utf8.RuneCountInString(x.Value) > MaxValue {
			c.bad("%s: a value is longer than %d", where, MaxValue)
		}
		switch x.Type {
		case typeButton:
			c.plain(where+", a button", x.Text, MaxButton)
			if x.URL != "" {
				c.address(where, x.URL)
			}
			if x.Style != "" && x.Style != "primary" && x.Style != "danger" {
				c.bad("%s: style %q", where, x.Style)
			}
		case typeUsers:
			c.plain(where+", a placeholder", x.Placeholder, MaxPlaceholder)
		default:
			c.bad("%s has an element of type %q", where, x.Type)
		}
	}
}
