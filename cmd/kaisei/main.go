// Command kaisei watches how Japan governs AI and tells people what changed, where
// exactly, how hard it now binds, from when, and whom it touches.
//
// This is the only package that knows every room: it parses flags, wires the parts
// together and prints. Each command has a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"kaisei/internal/config"
	"kaisei/internal/render"
)

// version is set by the linker (-X main.version=…).
var version = "dev"

// The exit codes, which scripts may rely on.
const (
	exitDone   = 0
	exitFailed = 1 // something failed and was reported
	exitUsage  = 2 // wrong use
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// usage is a mistake in how a command was called.
type usage struct{ error }

// errReported is a failure that was already printed.
var errReported = errors.New("reported")

// app is what every command shares: its streams and the flags of the root.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// configFile, stateDir and lang override the configuration where set; json asks for output
	// for machines.
	configFile, stateDir, lang string
	json                       bool
	// loaded is the configuration once it was read.
	loaded *config.Config
	// wording is the operator's own words, read with it.
	wording *render.Wording
	// forms are the operator's templates, read with it.
	forms *render.Forms
	// started is true once arguments and flags were accepted.
	started bool
}

// run is the whole program as a function of its arguments. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var wrong usage
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errReported):
		return exitFailed
	case errors.As(err, &wrong), !a.started:
		fmt.Fprintf(stderr, "kaisei: %s\nRun 'kaisei --help' for usage.\n", brief(err, args))
		return exitUsage
	}
	fmt.Fprintf(stderr, "kaisei: %s\n", brief(err, args))
	return exitFailed
}

// maxEcho is how many columns of an argument an error repeats.
const maxEcho = 200

// brief is the text of an error in which arguments that are too long to be read are cut.
func brief(err error, args []string) string {
	s := err.Error()
	for _, arg := range args {
		if name, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(name, "-") {
			arg = value
		}
		if len(arg) > 2*maxEcho {
			s = strings.ReplaceAll(s, arg, cut(arg, maxEcho))
		}
	}
	return s
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "kaisei",
		Short: "Watch how Japan governs AI and tell what changed",
		Long: `kaisei (改正) watches the pages, feeds, documents and law data by which Japan governs AI,
keeps every version as evidence, compares documents clause by clause, and tells people what
changed, where exactly, how hard it now binds, from when, and whom it touches.

Without a configuration file it keeps its state in ./state and prints alerts to the console.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(*cobra.Command, []string) {
			a.started = true
		},
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.configFile, "config", "c", "", "configuration file (default: $KAISEI_CONFIG, or none)")
	f.StringVar(&a.stateDir, "state", "", "folder that holds the store (default: $KAISEI_STATE, the configuration, or ./state)")
	f.StringVar(&a.lang, "lang", "", "language of what is printed: ja or en (default: the configuration, or ja)")
	f.BoolVar(&a.json, "json", false, "print JSON, one object a line")
	root.AddGroup(
		&cobra.Group{ID: "run", Title: "Watching:"},
		&cobra.Group{ID: "see", Title: "What was found:"},
		&cobra.Group{ID: "try", Title: "Trying things out:"},
		&cobra.Group{ID: "care", Title: "Care:"},
	)
	add := func(group string, cs ...*cobra.Command) {
		for _, c := range cs {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("run", a.serveCommand(), a.reloadCommand(), a.checkCommand(), a.replayCommand())
	add("see", a.stackCommand(), a.upcomingCommand(), a.remindersCommand(), a.changesCommand(), a.ackCommand(), a.impactCommand(), a.documentsCommand(), a.looksCommand(), a.digestCommand(), a.outboxCommand())
	add("try", a.tryCommand(), a.readCommand(), a.diffCommand(), a.sourcesCommand(), a.rulesCommand(), a.routesCommand(), a.notifyCommand(), a.devCommand())
	add("care", a.configCommand(), a.rejudgeCommand(), a.dbCommand(), a.exportCommand(), a.doctorCommand(), a.healthCommand(), a.versionCommand())
	root.AddCommand(a.pdfWorkerCommand())
	return root
}

// group is a command that only holds others; calling it alone is wrong use.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage{fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())}
		}
		return usage{fmt.Errorf("%s needs a command: see 'kaisei %s --help'", c.CommandPath(), c.Name())}
	}}
	c.AddCommand(subs...)
	return c
}
