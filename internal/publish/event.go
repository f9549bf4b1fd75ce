package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// EventVersion is the version of the form of Event. Fields may be added under the same version; it is
// raised where a reader of the older form would go wrong. docs/events.md describes it.
const EventVersion = 1

// MaxEvent bounds an event in bytes; the last edits of a change that is larger are left out and counted.
const MaxEvent = 256 << 10

// EventChange is the type of an event that tells a change.
const EventChange = "change.found"

// Event is a message for programs: the body of a webhook, a line of a file or of an export.
type Event struct {
	Version int    `json:"version"`
	Type    string `json:"type"`
	// Delivery is the ID of the delivery; a repeat has the same. In an export, which delivers nothing, it is made
	// of the change.
	Delivery string `json:"delivery"`
	// Timestamp is when the delivery was promised; in an export when the change was seen.
	Timestamp time.Time `json:"timestamp"`
	// Sample says that nothing happened: an operator tries the channel.
	Sample bool `json:"sample"`
	// Text is the first line of the alert in the language of the channel.
	Text     string `json:"text"`
	Language string `json:"language"`
	// EditsOmitted counts the edits that were left out of Data because they are too many.
	EditsOmitted int `json:"edits_omitted,omitempty"`
	// Data is a change, a list of changes without their edits, an escalation, a reminder, or a notice.
	Data any `json:"data"`
}

// Events writes changes as lines of JSON, in the order in which they come, each an event as channels of type file have it.
func Events(w io.Writer, changes Changes, o render.Options) error {
	for c, err := range changes {
		if err != nil {
			return err
		}
		e := Event{
			Version: EventVersion, Type: EventChange, Delivery: "export/" + c.ID, Timestamp: c.SeenAt.UTC(),
			Text: render.Headline(c, o), Language: o.Voice().ID(),
		}
		line, err := e.OfChange(c)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// OfChange encodes e about a change, with as many of its edits as MaxEvent holds.
func (e Event) OfChange(c kaisei.Change) ([]byte, error) {
	edits := c.Edits
	if c.Reasons == nil {
		c.Reasons = []kaisei.Reason{}
	}
	for keep := len(edits); ; keep /= 2 {
		c.Edits = append([]kaisei.Edit{}, edits[:keep]...)
		e.Data, e.EditsOmitted = c, len(edits)-keep
		b, err := e.Encode()
		if err != nil || len(b) <= MaxEvent || keep == 0 {
			return b, err
		}
	}
}

// Encode writes an event on one line without a line break.
func (e Event) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("encode the event: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
