package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/web"
	"kaisei/storage/bolt"
)

func (a *app) outboxCommand() *cobra.Command {
	return group("outbox", "See and retry what is to be told", a.outboxListCommand(), a.outboxRetryCommand())
}

func (a *app) outboxListCommand() *cobra.Command {
	var state string
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List deliveries, newest first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			switch kaisei.DeliveryState(state) {
			case "", kaisei.DeliveryDue, kaisei.DeliverySent, kaisei.DeliveryDead:
			default:
				return usage{fmt.Errorf("--only %q is not due, sent or dead", state)}
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			list, err := r.Deliveries(kaisei.DeliveryState(state), limit)
			if err != nil {
				return err
			}
			return a.printDeliveries(list)
		},
	}
	c.Flags().StringVar(&state, "only", "", "only due, sent or dead deliveries")
	c.Flags().IntVarP(&limit, "limit", "n", 50, "at most this many; 0 prints all")
	return c
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
		fmt.Fprintln(a.stderr, "kaisei: no delivery matches")
		return nil
	}
	a.table([]string{"DUE (JST)", "STATE", "CHANNEL", "ATTEMPTS", "ID", "LAST ERROR"}, rows)
	return nil
}

func (a *app) outboxRetryCommand() *cobra.Command {
	var dead bool
	c := &cobra.Command{
		Use: "retry [DELIVERY…]", Short: "Make deliveries due at once",
		Long: "retry makes dead or waiting deliveries due at once. The daemon sends them; without one they are sent when it next runs.",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !dead {
				return usage{errors.New("name the deliveries, or all dead ones with --dead")}
			}
			retry, list, done, err := a.retrier(c.Context())
			if err != nil {
				return err
			}
			defer done()
			if dead {
				ds, err := list(kaisei.DeliveryDead, 0)
				if err != nil {
					return err
				}
				for _, d := range ds {
					args = append(args, d.ID)
				}
			}
			for _, id := range args {
				d, err := retry(id)
				if errors.Is(err, kaisei.ErrNotFound) {
					return fmt.Errorf("there is no delivery %q: 'kaisei outbox list' names them", id)
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
				fmt.Fprintf(a.stdout, "%s is due now\n", d.ID)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&dead, "dead", false, "retry every dead delivery")
	return c
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
	d.State, d.Due, d.Attempts = kaisei.DeliveryDue, now.UTC(), 0
	return d, db.SaveDelivery(d)
}
