package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/notify"
)

func (a *app) notifyCommand() *cobra.Command {
	return group("notify", "Try the channels out", a.notifyTestCommand(), a.notifyPreviewCommand())
}

func (a *app) notifyTestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test CHANNEL…", Short: "Send a sample, marked as one, to a channel", Args: cobra.MinimumNArgs(1),
		Long: `test sends a sample alert to channels of the configuration, at once and whatever their routes, conditions and
quiet hours say, and prints what they answered. The sample says that it is one. Nothing is stored.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.settings()
			if err != nil {
				return err
			}
			_, speak, err := senders(cfg, a.writing(), a.logger(cfg.Log), a.stdout, a.color(), a.width())
			if err != nil {
				return err
			}
			failed := false
			for _, name := range args {
				i := slices.IndexFunc(cfg.Channels, func(ch config.Channel) bool { return ch.Name == name })
				if i < 0 {
					return usage{fmt.Errorf("there is no channel %q: the channels are %s", name, strings.Join(channelNames(cfg), ", "))}
				}
				if err := a.sendSample(c.Context(), name, speak[name], cfg.Channels[i].Language); err != nil {
					fmt.Fprintf(a.stderr, "kaisei: %s: %v\n", name, err)
					failed = true
				}
			}
			if failed {
				return errReported
			}
			return nil
		},
	}
}

func (a *app) sendSample(ctx context.Context, name string, s notify.Sender, lang string) error {
	ctx, cancel := context.WithTimeout(ctx, notify.SendTimeout)
	defer cancel()
	m := sample(name, lang, time.Now())
	receipt, err := s.Send(ctx, m)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]string{"channel": name, "delivery": m.Delivery.ID, "receipt": receipt})
	}
	fmt.Fprintln(a.stdout, strings.TrimSpace(render.Say(a.voice(), "cli.took", name, m.Delivery.ID, receipt)))
	return nil
}

func channelNames(c config.Config) []string {
	var out []string
	for _, ch := range c.Channels {
		out = append(out, ch.Name)
	}
	return out
}

// sample is a message that looks like an alert and says that it is none.
func sample(channel, lang string, now time.Time) notify.Message {
	c := render.Sample(lang, now)
	return notify.Message{
		Delivery: kaisei.Delivery{
			ID: "sample/" + channel + "/" + now.UTC().Format("20060102T150405Z"), Channel: channel, Kind: kaisei.DeliveryAlert,
			Changes: []string{c.ID}, Due: now.UTC(), Created: now.UTC(), State: kaisei.DeliveryDue, Severity: c.Severity, Source: c.Source,
		},
		Changes: []kaisei.Change{c}, Sample: true,
	}
}

// previewTypes are the forms in which a change can be previewed.
func previewTypes() []string {
	return []string{config.Slack, config.Email, config.Teams, config.Webhook, config.File, config.Console}
}

func (a *app) notifyPreviewCommand() *cobra.Command {
	var channel, html, event string
	var answers bool
	c := &cobra.Command{
		Use: "preview [CHANGE]", Short: "Print what a channel would be sent of a change, a reminder, or a sample", Args: cobra.MaximumNArgs(1),
		Long: `preview prints a change as a channel of a type would be sent it: the JSON of Slack, Teams and webhooks, the text of a
mail (its HTML with --html), or the alert of the console. No channel need be configured, and nothing is sent. --reminder takes
an event of 'kaisei reminders --json' and previews its next reminder. Without either it previews the sample of 'kaisei notify
test'. For Slack --html draws the message from its JSON, and --answers gives it the buttons that a channel with an app token has.`,
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(previewTypes(), channel) {
				return usage{fmt.Errorf("--channel %q is not one of %s", channel, strings.Join(previewTypes(), ", "))}
			}
			if html != "" && channel != config.Email && channel != config.Slack {
				return usage{fmt.Errorf("--html is for --channel %s and %s", config.Email, config.Slack)}
			}
			if answers && channel != config.Slack {
				return usage{fmt.Errorf("--answers is for --channel %s", config.Slack)}
			}
			if event != "" && len(args) > 0 {
				return usage{errors.New("name a change, or an event with --reminder, not both")}
			}
			m := sample(channel, a.language(), time.Now())
			if event != "" {
				r, done, err := a.reader(c.Context())
				if err != nil {
					return err
				}
				defer done()
				if m, err = a.reminderOf(r, event, channel, time.Now()); err != nil {
					return err
				}
			}
			if len(args) == 1 {
				ch, err := a.storedChange(c, args[0])
				if err != nil {
					return err
				}
				m = notify.Message{Delivery: kaisei.Delivery{
					ID: "alert/" + channel + "/" + ch.ID, Channel: channel, Kind: kaisei.DeliveryAlert, Changes: []string{ch.ID}, Created: ch.SeenAt, State: kaisei.DeliveryDue,
				}, Changes: []kaisei.Change{ch}}
			}
			return a.preview(m, channel, html, answers)
		},
	}
	c.Flags().StringVar(&channel, "channel", config.Console, "type of channel: "+strings.Join(previewTypes(), ", "))
	c.Flags().StringVar(&html, "html", "", "write the HTML of a mail, or a drawing of a Slack message, to this file")
	c.Flags().BoolVar(&answers, "answers", false, "with the buttons of a Slack channel that has an app token")
	c.Flags().StringVar(&event, "reminder", "", "preview the next reminder of this event instead of a change")
	return c
}

func (a *app) preview(m notify.Message, channel, html string, answers bool) error {
	o := a.writing()
	o.Delivery = m.Delivery.ID
	switch channel {
	case config.Slack:
		o.Answers = answers
		if html != "" {
			page, err := notify.SlackPage(m, o)
			if err != nil {
				return err
			}
			if err := writePage(html, page); err != nil {
				return err
			}
		}
		bodies, err := notify.SlackJSON(m, o)
		if err != nil {
			return err
		}
		for _, b := range bodies {
			if err := a.printJSON(b); err != nil {
				return err
			}
		}
	case config.Teams:
		for _, b := range notify.TeamsJSON(m, o) {
			if err := a.printJSON(b); err != nil {
				return err
			}
		}
	case config.Webhook, config.File:
		body, err := notify.EventJSON(m, o)
		if err != nil {
			return err
		}
		if channel == config.Webhook && !a.json {
			header := notify.WebhookHeader(m.Delivery.ID, time.Now(), body)
			for _, k := range []string{"webhook-id", "webhook-timestamp"} {
				fmt.Fprintf(a.stdout, "%s: %s\n", k, header.Get(k))
			}
			fmt.Fprint(a.stdout, "webhook-signature: v1,…\n\n")
		}
		return a.printJSON(json.RawMessage(body))
	case config.Email:
		return a.previewMail(m, o, html)
	default:
		o.Width, o.Color = a.width(), a.color()
		_, err := io.WriteString(a.stdout, notify.ConsoleText(m, o))
		return err
	}
	return nil
}

func (a *app) previewMail(m notify.Message, o render.Options, html string) error {
	subject, text, page := notify.MailParts(m, o)
	if html != "" {
		if err := writePage(html, page); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(map[string]string{"subject": subject, "text": text, "html": page})
	}
	_, err := fmt.Fprintf(a.stdout, "Subject: %s\n\n%s", subject, text)
	return err
}
