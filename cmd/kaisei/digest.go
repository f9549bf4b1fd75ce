package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
	"kaisei/notify"
)

func (a *app) digestCommand() *cobra.Command {
	var preview bool
	var since, until string
	var out digestFiles
	c := &cobra.Command{
		Use: "digest --preview", Short: "Print what a digest would say",
		Long: `digest --preview prints the digest of the last seven days, or of --since to --until, and sends nothing. With --channel it is that
channel's: what its conditions take, in its language, of its period (a day, a week or a month). The daemon sends digests at 09:00 in Japan:
daily, weekly on Mondays or monthly on the 1st, as the channels ask.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !preview {
				return usage{fmt.Errorf("digests are sent by 'kaisei serve'; --preview prints one")}
			}
			to, err := parseWhen("until", until)
			if err != nil {
				return err
			}
			if to.IsZero() {
				to = time.Now()
			}
			from, err := parseWhen("since", since)
			if err != nil {
				return err
			}
			ch, err := a.digestChannel(out.channel)
			if err != nil {
				return err
			}
			if from.IsZero() {
				from = ch.Digest.Period(to)
			}
			if !from.Before(to) {
				return usage{fmt.Errorf("--since %s is not before --until %s", clock(from), clock(to))}
			}
			return a.previewDigest(c, ch, from, to, out)
		},
	}
	f := c.Flags()
	f.BoolVar(&preview, "preview", false, "print the digest instead of sending it")
	f.StringVar(&since, "since", "", "first day or instant covered (default: seven days, or the channel's period, before --until)")
	f.StringVar(&until, "until", "", "day or instant at which the digest ends (default: now)")
	f.StringVar(&out.channel, "channel", "", "as this channel of the configuration gets it")
	f.StringVar(&out.html, "html", "", "write the HTML form to this file")
	f.StringVar(&out.text, "text", "", "write the plain text to this file, as it is mailed, instead of printing it")
	f.StringVar(&out.ics, "ics", "", "write the days ahead to this file, as they are attached to the mail")
	return c
}

// digestFiles is for whom a digest is previewed, and the files that its forms are written to.
type digestFiles struct{ channel, html, text, ics string }

// digestChannel returns the channel whose digest is asked for; without a name one that takes everything.
func (a *app) digestChannel(name string) (notify.Channel, error) {
	if name == "" {
		return notify.Channel{Language: a.language()}, nil
	}
	c, err := a.settings()
	if err != nil {
		return notify.Channel{}, err
	}
	for _, ch := range channelsOf(c) {
		switch {
		case ch.Name != name:
		case ch.Digest.Cadence == "":
			return ch, usage{fmt.Errorf("channel %q gets no digest: give it digest = \"weekly\" in the configuration", name)}
		default:
			return ch, nil
		}
	}
	return notify.Channel{}, usage{fmt.Errorf("there is no channel %q: 'kaisei routes list' names them", name)}
}

func (a *app) previewDigest(c *cobra.Command, ch notify.Channel, from, to time.Time, out digestFiles) error {
	cat, err := a.catalog()
	if err != nil {
		return err
	}
	r, done, err := a.reader(c.Context())
	if err != nil {
		return err
	}
	defer done()
	p := notify.DigestPlanner{Queue: readOnly{r}, Sources: cat.Sources(), Translates: translations(cat)}
	d, err := p.Preview(ch, from, to)
	if err != nil {
		return err
	}
	o := a.writing()
	o.Lang = ch.Language
	mailed, page := render.MailDigest(d, o)
	for _, f := range []struct{ name, text string }{{out.html, page}, {out.text, mailed}, {out.ics, render.ICS(d.Coming, o)}} {
		if f.name == "" {
			continue
		}
		if err := os.WriteFile(f.name, []byte(f.text), 0o644); err != nil {
			return fmt.Errorf("write the digest: %w", err)
		}
	}
	switch {
	case a.json:
		return a.printJSON(d)
	case out.text == "" && o.Forms.Has(render.DigestTextForm):
		fmt.Fprintln(a.stdout, mailed)
	case out.text == "":
		o.Width, o.Color = a.width(), a.color()
		text, _ := render.Digest(d, o)
		fmt.Fprintln(a.stdout, text)
	}
	return nil
}

// readOnly is a queue that can be read and not written, for previews from wherever a
// reader reads.
type readOnly struct{ web.Reader }

var errReadOnly = errors.New("a preview writes nothing")

// Due implements notify.Queue: a preview has nothing due.
func (readOnly) Due(time.Time, int) ([]kaisei.Delivery, error) { return nil, nil }

// NextDue implements notify.Queue.
func (readOnly) NextDue() (time.Time, bool, error) { return time.Time{}, false, nil }

// SaveDelivery implements notify.Queue.
func (readOnly) SaveDelivery(kaisei.Delivery) error { return errReadOnly }

// SaveDeliveries implements notify.Queue.
func (readOnly) SaveDeliveries([]kaisei.Delivery) error { return errReadOnly }

// Enqueue implements notify.Queue.
func (readOnly) Enqueue([]kaisei.Delivery, map[string]string) error { return errReadOnly }
