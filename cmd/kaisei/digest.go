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
	var since, until, html string
	c := &cobra.Command{
		Use: "digest --preview", Short: "Print what a digest would say",
		Long: "digest --preview prints the digest of the last seven days, or of --since to --until, and sends nothing. The daemon sends digests on Mondays at 09:00 in Japan.",
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
			if from.IsZero() {
				from = to.AddDate(0, 0, -7)
			}
			if !from.Before(to) {
				return usage{fmt.Errorf("--since %s is not before --until %s", clock(from), clock(to))}
			}
			return a.previewDigest(c, from, to, html)
		},
	}
	f := c.Flags()
	f.BoolVar(&preview, "preview", false, "print the digest instead of sending it")
	f.StringVar(&since, "since", "", "first day or instant covered (default: seven days before --until)")
	f.StringVar(&until, "until", "", "day or instant at which the digest ends (default: now)")
	f.StringVar(&html, "html", "", "write the HTML form to this file")
	return c
}

func (a *app) previewDigest(c *cobra.Command, from, to time.Time, html string) error {
	cat, err := a.catalog()
	if err != nil {
		return err
	}
	r, done, err := a.reader(c.Context())
	if err != nil {
		return err
	}
	defer done()
	p := notify.DigestPlanner{Queue: readOnly{r}, Sources: cat.Sources()}
	d, err := p.Preview(from, to)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(d)
	}
	text, page := render.Digest(d, render.Options{Lang: a.language(), Width: a.width(), Color: a.color()})
	if html != "" {
		if err := os.WriteFile(html, []byte(page), 0o644); err != nil {
			return fmt.Errorf("write the digest: %w", err)
		}
	}
	fmt.Fprintln(a.stdout, text)
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
