package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

const (
	// MaxUploads is how often the comparison that belongs to an alert is tried: what comes later in the
	// channel waits meanwhile, and the alert names the addresses of both texts.
	MaxUploads = 3
	// MaxUploadWait bounds what Slack may ask to wait before an upload: its limits are not those of messages.
	MaxUploadWait = time.Minute
)

// notUploaded is the receipt of a comparison that the token may not upload.
const notUploaded = "left out: missing_scope"

// comparisonOf is the delivery that brings the full comparison to an alert, due with it and after it.
func comparisonOf(alert kaisei.Delivery) kaisei.Delivery {
	d := delivery(kaisei.DeliveryComparison, alert.Channel, alert.Changes[0], alert.Changes, alert.ID, alert.Created)
	d.Due = alert.Due
	return d
}

// attach uploads the full comparison of a change into the thread of its alert. A token without the
// scope for files leaves it out; that is logged once.
func (s *Slack) attach(ctx context.Context, m Message) (string, error) {
	if m.Told == nil || !s.Webhook.IsZero() {
		return "", s.fail(Final, 0, errors.New("a webhook takes no files"))
	}
	at := places(m.Told.Delivery.Receipt)
	if m.Told.Delivery.State != kaisei.DeliverySent || len(at) == 0 || at[0].channel == "" {
		return "", uploadTrouble(m, s.fail(Temporary, 0, fmt.Errorf("%s was not told yet", m.Told.Delivery.ID)))
	}
	id, err := s.upload(ctx, m, at[0])
	switch {
	case slackWords(err) == "missing_scope":
		s.scopes.Do(func() {
			s.log().Warn("comparisons are left out: give the bot the scope files:write and install it again", "channel", s.Name, "delivery", m.Delivery.ID)
		})
		return notUploaded, nil
	case err != nil:
		return "", uploadTrouble(m, s.classify(err))
	}
	return id, nil
}

// uploadTrouble takes a failed upload for final where waiting for it would keep the channel waiting.
func uploadTrouble(m Message, e *Error) error {
	if e.Trouble != Temporary || m.Delivery.Attempts+1 >= MaxUploads {
		return &Error{Final, 0, e.Err}
	}
	return &Error{Temporary, min(e.After, MaxUploadWait), e.Err}
}

// upload does the three steps of an upload. Only the last shows the file, so that one cut short shows none; the
// address of the second is a secret while it lasts.
func (s *Slack) upload(ctx context.Context, m Message, at slackPlace) (id string, err error) {
	c, o := m.Told.Change, s.Options
	page, name := render.ComparisonHTML(c, o), strings.ReplaceAll(c.ID, "/", "-")+".html"
	if err := s.turn(ctx); err != nil {
		return "", err
	}
	to, err := s.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: name, FileSize: len(page)})
	if err != nil {
		return "", fmt.Errorf("files.getUploadURLExternal: %w", err)
	}
	if err := s.api.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: to.UploadURL, Content: page, Filename: name}); err != nil {
		var status slack.StatusCodeError
		if errors.As(err, &status) {
			return "", fmt.Errorf("upload the comparison: %w", err)
		}
		return "", fmt.Errorf("upload the comparison: %s", redact(err.Error(), to.UploadURL))
	}
	_, err = s.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
		Files: []slack.FileSummary{{ID: to.FileID, Title: render.ComparisonTitle(c, o)}}, Channel: at.channel, ThreadTimestamp: at.root(),
		InitialComment: slackPlain(render.ComparisonNote(c, m.Delivery.ID, o)),
	})
	if err != nil {
		return "", fmt.Errorf("files.completeUploadExternal: %w", err)
	}
	return to.FileID, nil
}
