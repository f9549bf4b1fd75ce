package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// write makes the files that tell each program to look at the pages, and kaisei at nothing else. Settle is
// how long kaisei waits before it asks again for a page that is new or changed; "0s" switches that off.
func (b *bench) write(dir string, pages []string, settle string) error {
	off, err := b.authorities()
	if err != nil {
		return err
	}
	config := fmt.Sprintf("state = \"state\"\nsources_files = [\"sources.toml\"]\ndisable = [%s]\n[watch]\nsettle = %q\n[fetch]\nallow_private = [\"127.0.0.0/8\"]\n", off, settle)
	var list, jobs, urls strings.Builder
	list.WriteString("[authority.cost]\nja = \"費用\"\nen = \"Cost\"\n")
	for i, page := range pages {
		fmt.Fprintf(&list, "[[source]]\nid = \"cost/page-%d\"\ntitle = { ja = \"第%d号\", en = \"Page %d\" }\nkind = \"page\"\nurl = %q\nschedule = \"0 * * * *\"\nlayer = \"news\"\nselect = [\"main\"]\n", i, i, i, page)
		fmt.Fprintf(&jobs, "---\nurl: %s\nfilter:\n  - css: main\n  - html2text\n", page)
		fmt.Fprintln(&urls, page)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "kaisei.toml"), []byte(config), 0o600),
		os.WriteFile(filepath.Join(dir, "sources.toml"), []byte(list.String()), 0o600),
		os.WriteFile(filepath.Join(dir, "urls.yaml"), []byte(strings.TrimPrefix(jobs.String(), "---\n")), 0o600),
		os.WriteFile(filepath.Join(dir, "urlwatch.yaml"), []byte("display: {}\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "urls.txt"), []byte(urls.String()), 0o600),
	)
}

// authorities lists the authorities of the built-in sources, as the configuration disables them.
func (b *bench) authorities() (string, error) {
	out, err := exec.Command(b.kaisei, "sources", "list", "--disabled", "--json").Output()
	if err != nil {
		return "", fmt.Errorf("list the built-in sources: %w", err)
	}
	known := map[string]bool{}
	var quoted []string
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var s struct{ ID string }
		switch err := d.Decode(&s); {
		case err == io.EOF:
			return strings.Join(quoted, ", "), nil
		case err != nil:
			return "", fmt.Errorf("list the built-in sources: %w", err)
		}
		if authority, _, _ := strings.Cut(s.ID, "/"); !known[authority] {
			known[authority] = true
			quoted = append(quoted, fmt.Sprintf("%q", authority+"/"))
		}
	}
}
