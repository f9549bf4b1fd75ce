package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

// floorWorkers is how many requests the floor has under way, as many as urlwatch.
const floorWorkers = 10

// floor is the least that looking can cost in Go: it gets each address of a file, by net/http as it
// comes (connections kept, gzip), and hashes the body.
func floor(args []string) error {
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	urls := make(chan string)
	fail := make(chan error, floorWorkers)
	var wg sync.WaitGroup
	for range floorWorkers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for url := range urls {
				if err := hash(url); err != nil {
					select {
					case fail <- err:
					default:
					}
				}
			}
		}()
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		urls <- lines.Text()
	}
	close(urls)
	wg.Wait()
	select {
	case err = <-fail:
	default:
	}
	return err
}

func hash(url string) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, resp.Status)
	}
	_ = h.Sum(nil)
	return nil
}

// get returns a body.
func get(url string) ([]byte, error) {
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
