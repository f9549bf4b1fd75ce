package notify

import (
	"context"
	"io"
	"sync"

	"kaisei/internal/render"
)

// Console prints messages to a writer, each followed by an empty line.
type Console struct {
	W io.Writer
	// Options are the language, width and colour of the terminal.
	Options render.Options

	mu sync.Mutex
}

// Send implements Sender. The receipt is empty: a terminal answers nothing.
func (c *Console) Send(_ context.Context, m Message) (string, error) {
	if err := onlySlack(m); err != nil {
		return "", err
	}
	o := c.Options
	o.Delivery = m.Delivery.ID
	text := ConsoleText(m, o)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.W, text); err != nil {
		return "", failf(Temporary, "write to the console: %w", err)
	}
	return "", nil
}

// ConsoleText writes a message for a terminal, with an empty line at its end.
func ConsoleText(m Message, o render.Options) string {
	var text string
	switch {
	case m.Digest != nil:
		text, _ = render.Digest(*m.Digest, o)
		text += "\n"
	case m.Notice != nil:
		text = render.Notice(*m.Notice, o) + "\n"
	case m.Escalation != nil:
		text = render.Escalation(*m.Escalation, o) + "\n"
	case m.Reminder != nil:
		text = render.Reminder(*m.Reminder, o) + "\n"
	case m.Summary != nil:
		text = render.Summary(*m.Summary, o) + "\n"
	default:
		for _, ch := range m.Changes {
			text += render.Alert(ch, o) + "\n"
		}
	}
	return text
}
