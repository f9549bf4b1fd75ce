package notify

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"
)

// slackWords returns Slack's own word for an error (invalid_blocks), or "".
func slackWords(err error) string {
	var refused slack.SlackErrorResponse
	var a *answer
	switch {
	case errors.As(err, &refused):
		return refused.Err
	case errors.As(err, &a):
		return a.words
	}
	return ""
}

// refusedForm reports whether Slack could not take the blocks of a message.
func refusedForm(err error) bool {
	return slices.Contains([]string{
		"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_payload",
		"invalid_attachments", "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large",
	}, slackWords(err))
}

// classify says how a failure is to be taken.
func (s *Slack) classify(err error) *Error {
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var a *answer
	switch {
	case errors.As(err, &limited):
		return s.fail(Temporary, limited.RetryAfter, err)
	case refusedForm(err):
		return s.fail(Final, 0, err)
	case errors.As(err, &a):
		return s.fail(statusTrouble(a.code), a.after, err)
	case errors.As(err, &status):
		return s.fail(statusTrouble(status.Code), 0, err)
	}
	switch word := slackWords(err); word {
	case "":
		// The network.
		return s.fail(Temporary, 0, err)
	case "ratelimited", "rate_limited", "message_limit_exceeded", "fatal_error", "internal_error",
		"service_unavailable", "request_timeout", "team_added_to_org":
		return s.fail(Temporary, 0, err)
	case "no_text", "restricted_action_non_threadable_channel", "edit_window_closed", "cant_update_message", "message_not_found", "is_inactive":
		return s.fail(Final, 0, err)
	}
	// What is left concerns the token, its scopes or the channel.
	return s.fail(Setup, 0, fmt.Errorf("%w; %s", err, s.remedy(slackWords(err))))
}

// remedy says what an operator can do about one of Slack's words.
func (s *Slack) remedy(word string) string {
	switch word {
	case "not_in_channel", "channel_not_found":
		return "invite the bot to " + s.Channel + " or correct the channel"
	case "is_archived":
		return "choose a channel that is not archived"
	case "missing_scope", "no_permission":
		return "give the bot the scope chat:write and install it again"
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired":
		return "give a valid bot token"
	}
	return "see the app's settings in Slack"
}

// fail wraps err without the secrets that it may hold. The chain is cut, because what is
// behind it holds them too.
func (s *Slack) fail(t Trouble, after time.Duration, err error) *Error {
	return &Error{t, after, errors.New("slack: " + redact(err.Error(), s.secrets()...))}
}

func (s *Slack) secrets() []string { return append(secretsOf(s.Webhook.Reveal()), s.Token.Reveal()) }
