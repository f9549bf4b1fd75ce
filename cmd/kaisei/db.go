package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/web"
	"kaisei/storage/bolt"
)

func (a *app) dbCommand() *cobra.Command {
	return group("db", "Check, back up and compact the store", a.dbCheckCommand(), a.dbBackupCommand(), a.dbCompactCommand())
}

func (a *app) dbCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Check every page, body, version and index of the store (daemon stopped)", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			db, err := a.existingStore()
			if err != nil {
				return stopFirst(err)
			}
			defer db.Close()
			if err := db.Check(); err != nil {
				return fmt.Errorf("the store is damaged; restore a backup, or keep the file and report this: %w", err)
			}
			s, err := db.Stats()
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(s)
			}
			a.report("cli.store-sound", s.Path, s.Documents, s.Versions, s.Changes, s.Looks, s.Bodies, s.BodyBytes>>20, s.StoreBytes>>20, s.FileBytes>>20)
			return nil
		},
	}
}

func stopFirst(err error) error {
	if errors.Is(err, kaisei.ErrLocked) {
		return fmt.Errorf("the store is %w: stop the running kaisei first", kaisei.ErrLocked)
	}
	return err
}

func (a *app) dbBackupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write a consistent copy of the store, also while the daemon runs", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := writeNew(args[0], func(w io.Writer) error { return a.backup(c.Context(), w) })
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"file": args[0], "bytes": n})
			}
			a.report("cli.bytes", args[0], n)
			return nil
		},
	}
}

func (a *app) backup(ctx context.Context, w io.Writer) error {
	db, err := a.existingStore()
	if errors.Is(err, kaisei.ErrLocked) {
		c, err := web.Dial(ctx, a.state())
		if err != nil {
			return err
		}
		defer c.Close()
		return c.Backup(ctx, w)
	}
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Backup(w)
	return err
}

// writeNew writes a file that must not exist yet: under another name first, so that a
// half-written backup never looks like one.
func writeNew(name string, write func(io.Writer) error) (int64, error) {
	if _, err := os.Lstat(name); err == nil {
		return 0, fmt.Errorf("%s is there already; name a new file", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".kaisei-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	size, _ := f.Seek(0, io.SeekEnd)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", name, err)
	}
	// Unlike a rename, a link does not replace what another backup put there meanwhile.
	if err := os.Link(f.Name(), name); err != nil {
		return 0, fmt.Errorf("write %s: %w", name, err)
	}
	return size, nil
}

func (a *app) dbCompactCommand() *cobra.Command {
	return &cobra.Command{
		Use: "compact", Short: "Rewrite the store without its free pages (daemon stopped)", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			path, err := a.storePath()
			if err != nil {
				return err
			}
			before, after, err := bolt.CompactInPlace(path)
			if err != nil {
				return stopFirst(err)
			}
			if a.json {
				return a.printJSON(map[string]any{"file": path, "bytes_before": before, "bytes": after})
			}
			a.report("cli.shrunk", path, before, after)
			return nil
		},
	}
}
