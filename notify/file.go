package notify

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kaisei/internal/render"
)

// File appends events to a file, a line of JSON each, which is on the disk before the delivery counts
// as told. A line that a crash cut short is ended, and its event written again: a reader skips
// what is no JSON and takes the last of two lines with the same delivery. It works only on a file of its own.
type File struct {
	Path string
	// MaxSize is the size at which a file is put aside, under its name with the time; it is never
	// deleted. 0 lets it grow.
	MaxSize int64
	Options render.Options
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	mu sync.Mutex
}

// fileMode is of what is written: alerts name the operator's own uses of AI.
const fileMode = 0o600

// Send implements Sender. The receipt is the file and the offset behind the line.
func (f *File) Send(_ context.Context, m Message) (string, error) {
	o := f.Options
	o.Delivery = m.Delivery.ID
	line, err := EventJSON(m, o)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	end, err := f.add(append(line, '\n'))
	if err != nil {
		// A full disk or a folder without permission is for an operator to see to.
		return "", failf(Setup, "file: %w", err)
	}
	return fmt.Sprintf("%s:%d", f.Path, end), nil
}

func (f *File) add(line []byte) (end int64, err error) {
	if err := f.rotate(int64(len(line))); err != nil {
		return 0, err
	}
	_, err = os.Stat(f.Path)
	fresh := os.IsNotExist(err)
	file, err := os.OpenFile(f.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, fileMode)
	if err != nil {
		return 0, fmt.Errorf("open the file of events: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil && e != nil {
			err = fmt.Errorf("close %s: %w", f.Path, e)
		}
	}()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, fmt.Errorf("read the size of %s: %w", f.Path, err)
	}
	if size > 0 {
		last := make([]byte, 1)
		if _, err := file.ReadAt(last, size-1); err != nil {
			return 0, fmt.Errorf("read the end of %s: %w", f.Path, err)
		}
		if last[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	if _, err := file.Write(line); err != nil {
		return 0, fmt.Errorf("append to %s: %w", f.Path, err)
	}
	if err := file.Sync(); err != nil {
		return 0, fmt.Errorf("write %s to the disk: %w", f.Path, err)
	}
	if fresh {
		if err := syncFolder(f.Path); err != nil {
			return 0, err
		}
	}
	return size + int64(len(line)), nil
}

// rotate puts the file aside where a line would make it larger than MaxSize.
func (f *File) rotate(more int64) error {
	info, err := os.Stat(f.Path)
	if f.MaxSize <= 0 || os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the size of the file of events: %w", err)
	}
	if info.Size() == 0 || info.Size()+more <= f.MaxSize {
		return nil
	}
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	aside := f.Path + "." + now().UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		if _, err := os.Lstat(aside); os.IsNotExist(err) {
			break
		}
		aside = fmt.Sprintf("%s.%s-%d", f.Path, now().UTC().Format("20060102T150405Z"), n)
	}
	if err := os.Rename(f.Path, aside); err != nil {
		return fmt.Errorf("put the file of events aside: %w", err)
	}
	return syncFolder(f.Path)
}

// syncFolder makes a new name survive a power cut.
func syncFolder(name string) error {
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("open the folder of %s: %w", name, err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("write the folder of %s to the disk: %w", name, err)
	}
	return nil
}
