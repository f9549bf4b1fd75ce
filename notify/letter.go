package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"

	"github.com/wneessen/go-mail"

	"kaisei/internal/render"
)

// calendarFile is the name under which a digest carries the days ahead.
const calendarFile = "kaisei.ics"

// compose writes the message to the given recipients and returns its Message-ID too.
func (e *Email) compose(m Message, to []string) (*mail.Msg, string, error) {
	o := e.Options
	o.Delivery = m.Delivery.ID
	subject, text, html := MailParts(m, o)
	msg := mail.NewMsg(mail.WithEncoding(mail.EncodingB64), mail.WithNoDefaultUserAgent())
	if err := msg.From(e.From); err != nil {
		return nil, "", e.fail(Setup, fmt.Errorf("read the sender: %w", err))
	}
	if err := msg.To(to...); err != nil {
		return nil, "", e.fail(Setup, fmt.Errorf("read the recipients: %w", err))
	}
	id := messageID(m.Delivery.ID, e.domain())
	msg.SetMessageIDWithValue(id)
	msg.SetDate()
	msg.Subject(subject)
	e.head(msg, m)
	msg.SetBodyString(mail.TypeTextPlain, text)
	msg.AddAlternativeString(mail.TypeTextHTML, html)
	if days := calendarOf(m, o); days != "" {
		if err := msg.AttachReader(calendarFile, strings.NewReader(days), mail.WithFileContentType("text/calendar; charset=utf-8")); err != nil {
			return nil, "", fmt.Errorf("attach the days ahead: %w", err)
		}
	}
	if e.DKIM != nil {
		if err := e.DKIM.sign(msg); err != nil {
			return nil, "", e.fail(Setup, fmt.Errorf("sign the message: %w", err))
		}
	}
	return msg, id, nil
}

// head sets the headers by which mail systems know what a message is: a list's (RFC 2919, RFC 2369, RFC 8058), made
// by a program that wants no answer (RFC 3834, and what Exchange reads in its place), about what.
func (e *Email) head(msg *mail.Msg, m Message) {
	msg.SetGenHeader("List-Id", "<"+e.Name+".kaisei."+e.domain()+">")
	ways, post := e.unsubscribe()
	msg.SetGenHeaderPreformatted("List-Unsubscribe", ways)
	if post {
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader("X-Kaisei-Delivery", oneLine(m.Delivery.ID))
	if len(m.Changes) > 0 {
		// The alerts about a document are one thread, which hangs from a message that nobody sent.
		msg.SetGenHeader("References", "<"+messageID("thread/"+e.Name+"/"+m.Changes[0].Document, e.domain())+">")
	}
}

// unsubscribe returns the value of List-Unsubscribe, and whether it holds a web address, which answers a
// click without asking back.
func (e *Email) unsubscribe() (value string, post bool) {
	ways := e.Unsubscribe
	if len(ways) == 0 {
		ways = []string{"mailto:" + url.PathEscape(e.address()) + "?subject=" + url.PathEscape("unsubscribe "+e.Name)}
	}
	var parts []string
	for _, w := range ways {
		parts = append(parts, "<"+w+">")
		post = post || strings.HasPrefix(w, "https:")
	}
	// Each on a line of its own: a header's line has at most 998 bytes (RFC 5322).
	return strings.Join(parts, ",\r\n "), post
}

// calendarOf is the days ahead of a digest as a calendar file, or "" where none has a day.
func calendarOf(m Message, o render.Options) string {
	if m.Digest == nil {
		return ""
	}
	for _, e := range m.Digest.Coming {
		if !e.Day().IsZero() || !e.At.IsZero() {
			return render.ICS(m.Digest.Coming, o)
		}
	}
	return ""
}

// MailParts writes a message as the parts of a mail.
func MailParts(m Message, o render.Options) (subject, text, html string) {
	switch {
	case m.Digest != nil:
		text, html = render.MailDigest(*m.Digest, o)
		return oneLine(render.DigestSubject(*m.Digest, o)), text, html
	case m.Notice != nil:
		subject = "[kaisei] " + render.NoticeHeadline(*m.Notice, o)
		return oneLine(subject), render.Notice(*m.Notice, o), render.Document(subject, render.NoticeHTML(*m.Notice, o), o)
	}
	if m.Escalation != nil {
		subject = "[kaisei] " + render.EscalationHeadline(*m.Escalation, o)
		return oneLine(subject), render.Escalation(*m.Escalation, o), render.Document(subject, render.EscalationHTML(*m.Escalation, o), o)
	}
	if m.Reminder != nil {
		subject = "[kaisei] " + render.ReminderHeadline(*m.Reminder, o)
		return oneLine(subject), render.Reminder(*m.Reminder, o), render.Document(subject, render.ReminderHTML(*m.Reminder, o), o)
	}
	if m.Summary != nil {
		subject = "[kaisei] " + render.SummarySubject(*m.Summary, o)
		return oneLine(subject), render.Summary(*m.Summary, o), render.Document(subject, render.SummaryHTML(*m.Summary, o), o)
	}
	if len(m.Changes) > 0 {
		subject = render.SeverityMark(m.Changes[0].Severity) + " " + render.Headline(m.Changes[0], o)
	}
	text, html = render.MailAlert(subject, m.Changes, o)
	return oneLine(subject), text, html
}

// messageID derives a Message-ID without its angle brackets from a delivery ID.
func messageID(delivery, domain string) string {
	sum := sha256.Sum256([]byte(delivery))
	return hex.EncodeToString(sum[:16]) + "@" + domain
}

// address is the sender's without a name.
func (e *Email) address() string {
	if a, err := netmail.ParseAddress(e.From); err == nil {
		return a.Address
	}
	return e.From
}

// domain is the sender's, under which IDs of ours are unique.
func (e *Email) domain() string {
	if _, domain, ok := strings.Cut(e.address(), "@"); ok {
		return domain
	}
	return "kaisei.invalid"
}

// oneLine keeps a header in its line, whatever a document is called.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' || r == 0 }), " ")
}
