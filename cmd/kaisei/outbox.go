package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
	"kaisei/notify"
	"kaisei/storage/bolt"
)

func (a *app) outboxCommand() *cobra.Command {
	return group("outbox", "See and retry what is to be told", a.outboxListCommand(), a.outboxStatusCommand(), a.outboxShowCommand(), a.outboxRetryCommand(), a.outboxDropCommand())
}

func (a *app) outboxListCommand() *cobra.Command {
	var state, channel string
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List deliveries, newest first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if state != "" && !slices.Contains(deliveryStates(), state) {
				return usage{fmt.Errorf("--only %q is not one of %s", state, strings.Join(deliveryStates(), ", "))}
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			read := limit
			if channel != "" {
				read = 0
			}
			list, err := r.Deliveries(kaisei.DeliveryState(state), read)
			if err != nil {
				return err
			}
			if channel != "" {
				list = slices.DeleteFunc(list, func(d kaisei.Delivery) bool { return d.Channel != channel })
			}
			if limit > 0 && len(list) > limit {
				list = list[:limit]
			}
			return a.printDeliveries(list)
		},
	}
	c.Flags().StringVar(&state, "only", "", "only deliveries in this state: "+strings.Join(deliveryStates(), ", "))
	c.Flags().StringVar(&channel, "channel", "", "only deliveries to this channel")
	c.Flags().IntVarP(&limit, "limit", "n", 50, "at most this many; 0 prints all")
	return c
}

// deliveryStates are the states of a delivery.
func deliveryStates() []string {
	return []string{string(kaisei.DeliveryDue), string(kaisei.DeliverySent), string(kaisei.DeliveryDead), string(kaisei.DeliveryGrouped), string(kaisei.DeliveryDropped)}
}

func (a *app) outboxShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show DELIVERY", Short: "Show one delivery with what it is about and why it waits", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			d, ok, err := r.Delivery(strings.TrimSpace(args[0]))
			if err != nil {
				return err
			}
			if !ok {
				return noDelivery(args[0])
			}
			if a.json {
				return a.printJSON(d)
			}
			a.printDelivery(d)
			return nil
		},
	}
}

func (a *app) outboxStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Count what waits and what is dead, by channel", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.settings()
			if err != nil {
				return err
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			var all []kaisei.Delivery
			for _, state := range []kaisei.DeliveryState{kaisei.DeliveryDue, kaisei.DeliveryDead} {
				ds, err := r.Deliveries(state, 0)
				if err != nil {
					return err
				}
				all = append(all, ds...)
			}
			return a.printCounts(channelNames(cfg), notify.Count(all, time.Now()))
		},
	}
}

// printCounts prints a row for every channel that is configured or has something that is not settled.
func (a *app) printCounts(names []string, counts map[string]notify.Counts) error {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var rows [][]string
	for _, name := range names {
		n := counts[name]
		if a.json {
			if err := a.printJSON(struct {
				Channel string `json:"channel"`
				notify.Counts
			}{name, n}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{name, strconv.Itoa(n.Waiting), strconv.Itoa(n.Held), strconv.Itoa(n.Failing), strconv.Itoa(n.Dead), clock(n.Oldest)})
	}
	if !a.json {
		a.table([]string{"CHANNEL", "WAITING", "HELD", "FAILING", "DEAD", "OLDEST (JST)"}, rows)
	}
	return nil
}

func noDelivery(id string) error {
	return fmt.Errorf("there is no delivery %q: 'kaisei outbox list' names them", id)
}

func (a *app) printDelivery(d kaisei.Delivery) {
	lang := a.voice()
	line := func(key, value string) {
		if value != "" && value != "-" {
			fmt.Fprintf(a.stdout, "%s: %s\n", render.Words("delivery."+key, lang), render.Clean(value))
		}
	}
	line("id", d.ID)
	line("state", string(d.State))
	line("channel", d.Channel)
	line("created", clock(d.Created))
	if d.State == kaisei.DeliveryDue {
		line("due", clock(d.Due))
		line("held", render.HeldName(d.Held, lang))
	}
	line("sent", clock(d.SentAt))
	line("attempts", strconv.Itoa(d.Attempts))
	line("error", d.LastError)
	line("receipt", d.Receipt)
	line("into", d.Into)
	for _, id := range d.Changes {
		line("change", id)
	}
}

func (a *app) outboxDropCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "drop DELIVERY…", Short: "Give deliveries up, for a reason that is kept", Args: cobra.MinimumNArgs(1),
		Long: `drop gives up deliveries that wait or are dead, such as those to a channel that is gone. They stay listed with
the reason, and 'kaisei outbox retry' takes the decision back. Those already sent stay as they are.`,
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usage{errors.New("say why with --reason: it is kept with the delivery")}
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			drop := func(id string) (kaisei.Delivery, error) {
				if remote, ok := r.(*web.Client); ok {
					return remote.Drop(c.Context(), id, reason)
				}
				return dropIn(r.(*bolt.DB), id, reason, time.Now())
			}
			return a.eachDelivery(args, drop, "cli.given-up")
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why; required")
	return c
}

// eachDelivery does something to each of the named deliveries and prints what became of them.
func (a *app) eachDelivery(ids []string, do func(id string) (kaisei.Delivery, error), became string) error {
	for _, id := range ids {
		d, err := do(id)
		if errors.Is(err, kaisei.ErrNotFound) {
			return noDelivery(id)
		}
		if err != nil {
			return err
		}
		if a.json {
			if err := a.printJSON(d); err != nil {
				return err
			}
			continue
		}
		a.report(became, d.ID)
	}
	return nil
}

// dropIn gives a delivery up. What was sent cannot be called back.
func dropIn(db *bolt.DB, id, reason string, now time.Time) (kaisei.Delivery, error) {
	d, ok, err := db.Delivery(strings.TrimSpace(id))
	if err != nil {
		return d, err
	}
	if !ok {
		return d, kaisei.ErrNotFound
	}
	switch d.State {
	case kaisei.DeliverySent:
		return d, fmt.Errorf("delivery %s was sent at %s and cannot be called back", d.ID, clock(d.SentAt))
	case kaisei.DeliveryGrouped:
		return d, grouped(d)
	}
	d.State, d.LastError = kaisei.DeliveryDropped, cut(render.Clean(clock(now)+" "+reason), maxReason)
	return d, db.SaveDelivery(d)
}

// maxReason is the longest reason that is kept, in columns.
const maxReason = 500

func grouped(d kaisei.Delivery) error {
	return fmt.Errorf("delivery %s is told with others by %s: name that one", d.ID, d.Into)
}

func (a *app) printDeliveries(list []kaisei.Delivery) error {
	var rows [][]string
	for _, d := range list {
		if a.json {
			if err := a.printJSON(d); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{clock(d.Due), string(d.State), d.Channel, strconv.Itoa(d.Attempts), d.ID, cut(d.LastError, 80)})
	}
	if a.json {
		return nil
	}
	if len(rows) == 0 {
		a.remark("cli.no-delivery")
		return nil
	}
	a.table([]string{"DUE (JST)", "STATE", "CHANNEL", "ATTEMPTS", "ID", "LAST ERROR"}, rows)
	return nil
}

func (a *app) outboxRetryCommand() *cobra.Command {
	var dead bool
	var channel string
	c := &cobra.Command{
		Use: "retry [DELIVERY…]", Short: "Make deliveries due at once",
		Long: "retry makes dead or waiting deliveries due at once. The daemon sends them; without one they are sent when it next runs.",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !dead && channel == "" {
				return usage{errors.New("name the deliveries, all dead ones with --dead, or all of a channel with --channel")}
			}
			retry, list, done, err := a.retrier(c.Context())
			if err != nil {
				return err
			}
			defer done()
			more, err := retriable(list, dead, channel)
			if err != nil {
				return err
			}
			args = append(args, more...)
			return a.eachDelivery(args, retry, "cli.due-now")
		},
	}
	c.Flags().BoolVar(&dead, "dead", false, "retry every dead delivery")
	c.Flags().StringVar(&channel, "channel", "", "retry the dead deliveries of this channel and those that wait after a failure")
	return c
}

// retriable names the deliveries that retry is asked for as a whole, the oldest first: dead ones, of one
// channel or of all, and with a channel those that wait after a failure.
func retriable(list func(kaisei.DeliveryState, int) ([]kaisei.Delivery, error), dead bool, channel string) ([]string, error) {
	var ids []string
	for _, state := range []kaisei.DeliveryState{kaisei.DeliveryDead, kaisei.DeliveryDue} {
		if (!dead && channel == "") || (state == kaisei.DeliveryDue && channel == "") {
			continue
		}
		ds, err := list(state, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range slices.Backward(ds) {
			if (channel == "" || d.Channel == channel) && (state == kaisei.DeliveryDead || d.Attempts > 0) {
				ids = append(ids, d.ID)
			}
		}
	}
	return ids, nil
}

// retrier returns how to retry and to list, in the store or through the daemon.
func (a *app) retrier(ctx context.Context) (retry func(string) (kaisei.Delivery, error), list func(kaisei.DeliveryState, int) ([]kaisei.Delivery, error), done func(), err error) {
	r, done, err := a.reader(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	switch r := r.(type) {
	case *web.Client:
		retry = func(id string) (kaisei.Delivery, error) { return r.Retry(ctx, id) }
	case *bolt.DB:
		retry = func(id string) (kaisei.Delivery, error) { return retryIn(r, id, time.Now()) }
	}
	return retry, r.Deliveries, done, nil
}

// retryIn makes a delivery due at now. One that was sent stays sent: sending it again is
// never what an operator meant by retry.
func retryIn(db *bolt.DB, id string, now time.Time) (kaisei.Delivery, error) {
	d, ok, err := db.Delivery(strings.TrimSpace(id))
	if err != nil {
		return d, err
	}
	if !ok {
		return d, kaisei.ErrNotFound
	}
	if d.State == kaisei.DeliverySent {
		return d, fmt.Errorf("delivery %s was sent at %s and is not sent again", d.ID, clock(d.SentAt))
	}
	if d.State == kaisei.DeliveryGrouped {
		return d, grouped(d)
	}
	d.State, d.Due, d.Attempts = kaisei.DeliveryDue, now.UTC(), 0
	return d, db.SaveDelivery(d)
}
