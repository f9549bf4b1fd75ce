// Command cost measures what kaisei costs beside others: processor time, memory, requests, bytes
// and disk, of kaisei, of urlwatch as Debian ships it, and of a bare client that fetches and
// hashes (the floor), on one server and in one run. It is called by .ci/cost.
//
// Each of them runs as a process of its own, as does the server, so that what the kernel says
// of a process (rusage) is that one's alone. Only ratios of one run are to be compared.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return serve(ctx, args[1:])
		case "floor":
			return floor(args[1:])
		}
	}
	f := flag.NewFlagSet("cost", flag.ContinueOnError)
	var b bench
	f.StringVar(&b.kaisei, "kaisei", "./kaisei", "the kaisei to measure")
	f.StringVar(&b.urlwatch, "urlwatch", "/usr/bin/urlwatch", "the urlwatch to measure beside it; empty leaves it out")
	f.StringVar(&b.settle, "settle", "90s", "watch.settle of the daemon whose idle memory is measured")
	f.IntVar(&b.runs, "runs", 3, "how often each is measured; medians are printed")
	pages := f.String("pages", "500,2000", "numbers of pages")
	parts := f.String("parts", "looks,idle,disk", "what to measure")
	if err := f.Parse(args); err != nil {
		return err
	}
	for _, n := range strings.Split(*pages, ",") {
		v, err := strconv.Atoi(n)
		if err != nil {
			return fmt.Errorf("-pages %q: write numbers with commas between", *pages)
		}
		b.pages = append(b.pages, v)
	}
	for _, part := range strings.Split(*parts, ",") {
		do := map[string]func(context.Context) error{"looks": b.looks, "idle": b.idle, "disk": b.disk}[part]
		if do == nil {
			return fmt.Errorf("-parts %q: there are looks, idle and disk", *parts)
		}
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}
