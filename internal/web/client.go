package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"kaisei/internal/kaisei"
)

// Client reads from a running daemon what *bolt.DB reads from the file.
type Client struct {
	socket string
	http   *http.Client
}

// Dial returns a client of the daemon that uses the state folder, or an error where none
// answers.
func Dial(ctx context.Context, state string) (*Client, error) {
	c := &Client{socket: SocketPath(state)}
	c.http = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", c.socket)
		},
	}}
	// A daemon that is not well still answers for its store.
	var sick *sickError
	if _, err := c.Health(ctx); err != nil && !errors.As(err, &sick) {
		return nil, fmt.Errorf("reach the running kaisei at %s: %w", c.socket, err)
	}
	return c, nil
}

// sickError is what a daemon that answers says is wrong with it.
type sickError struct{ why string }

func (e *sickError) Error() string { return e.why }

// Close gives up idle connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// Health returns the version of the daemon that answers, and what is wrong with it.
func (c *Client) Health(ctx context.Context) (string, error) {
	var v struct{ Status, Version, Error string }
	if err := c.do(ctx, http.MethodGet, pathHealth, nil, nil, &v); err != nil {
		return "", err
	}
	return v.Version, nil
}

// Metrics returns the daemon's metrics as text.
func (c *Client) Metrics(ctx context.Context) (string, error) {
	var b bytes.Buffer
	err := c.do(ctx, http.MethodGet, pathMetrics, nil, nil, &b)
	return b.String(), err
}

func (c *Client) do(ctx context.Context, method, path string, q url.Values, body, into any) error {
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://kaisei"+path+"?"+q.Encode(), sent)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var e struct{ Error string }
		if err := json.NewDecoder(resp.Body).Decode(&e); err != nil || e.Error == "" {
			return fmt.Errorf("%s answered %s", path, resp.Status)
		}
		if resp.StatusCode == http.StatusServiceUnavailable {
			return &sickError{e.Error}
		}
		if resp.StatusCode == http.StatusNotFound {
			return fmt.Errorf("%s: %w", path, kaisei.ErrNotFound)
		}
		return errors.New(e.Error)
	}
	if w, ok := into.(io.Writer); ok {
		_, err := io.Copy(w, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// get reads one value; a value that is not there is false and no error.
func get[T any](c *Client, path string, q url.Values) (v T, ok bool, err error) {
	err = c.do(context.Background(), http.MethodGet, path, q, nil, &v)
	if errors.Is(err, kaisei.ErrNotFound) {
		return v, false, nil
	}
	return v, err == nil, err
}

func all[T any](c *Client, path string, q url.Values) (T, error) {
	v, _, err := get[T](c, path, q)
	return v, err
}

// Latest implements Reader.
func (c *Client) Latest(document string) (kaisei.Version, bool, error) {
	return get[kaisei.Version](c, pathLatest, url.Values{"document": {document}})
}

// Version implements Reader.
func (c *Client) Version(document string, seq int) (kaisei.Version, bool, error) {
	return get[kaisei.Version](c, pathVersion, url.Values{"document": {document}, "seq": {strconv.Itoa(seq)}})
}

// Versions implements Reader.
func (c *Client) Versions(document string) ([]kaisei.Version, error) {
	return all[[]kaisei.Version](c, pathVersions, url.Values{"document": {document}})
}

// Documents implements Reader.
func (c *Client) Documents(prefix string) ([]kaisei.Version, error) {
	return all[[]kaisei.Version](c, pathDocuments, url.Values{"prefix": {prefix}})
}

// Standings implements Reader.
func (c *Client) Standings(prefix string) ([]kaisei.Standing, error) {
	return all[[]kaisei.Standing](c, pathStandings, url.Values{"prefix": {prefix}})
}

// Twin implements Reader.
func (c *Client) Twin(textHash, document string) (kaisei.Version, bool, error) {
	return get[kaisei.Version](c, pathTwin, url.Values{"text": {textHash}, "document": {document}})
}

// Rulings implements Reader.
func (c *Client) Rulings(document string) ([]kaisei.Ruling, error) {
	return all[[]kaisei.Ruling](c, pathRulings, url.Values{"document": {document}})
}

// Body implements Reader.
func (c *Client) Body(hash string) ([]byte, error) {
	b, ok, err := get[[]byte](c, pathBody, url.Values{"sha256": {hash}})
	if err == nil && !ok {
		err = fmt.Errorf("body %s: %w", hash, kaisei.ErrNotFound)
	}
	return b, err
}

// Change implements Reader.
func (c *Client) Change(id string) (kaisei.Change, bool, error) {
	return get[kaisei.Change](c, pathChange, url.Values{"id": {id}})
}

// Changes implements Reader.
func (c *Client) Changes(q kaisei.ChangeQuery) ([]kaisei.Change, error) {
	b, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	return all[[]kaisei.Change](c, pathChanges, url.Values{"q": {string(b)}})
}

// Judgements implements Reader.
func (c *Client) Judgements(change string) ([]kaisei.Judgement, error) {
	return all[[]kaisei.Judgement](c, pathJudgements, url.Values{"change": {change}})
}

// Rejudge asks the daemon to append judgements of stored changes.
func (c *Client) Rejudge(ctx context.Context, js []kaisei.Judgement) ([]kaisei.Judgement, error) {
	var stored []kaisei.Judgement
	err := c.do(ctx, http.MethodPost, pathJudgements, nil, js, &stored)
	return stored, err
}

// Answers implements Reader.
func (c *Client) Answers(change string, since time.Time) ([]kaisei.Answer, error) {
	return all[[]kaisei.Answer](c, pathAnswers, url.Values{"change": {change}, "since": {since.UTC().Format(time.RFC3339Nano)}})
}

// Answer asks the daemon to append an answer of a change; recorded is false where it says again what stands.
func (c *Client) Answer(ctx context.Context, a kaisei.Answer) (stored kaisei.Answer, recorded bool, err error) {
	var out answered
	err = c.do(ctx, http.MethodPost, pathAnswers, nil, a, &out)
	return out.Answer, out.Recorded, err
}

// LastNumber implements Reader.
func (c *Client) LastNumber() (uint64, error) { return all[uint64](c, pathLastNumber, nil) }

// Looks implements Reader.
func (c *Client) Looks(source string, since time.Time, limit int) ([]kaisei.Look, error) {
	return all[[]kaisei.Look](c, pathLooks, url.Values{"source": {source}, "since": {since.UTC().Format(time.RFC3339Nano)}, "limit": {strconv.Itoa(limit)}})
}

// Polls implements Reader.
func (c *Client) Polls() ([]kaisei.Poll, error) { return all[[]kaisei.Poll](c, pathPolls, nil) }

// Sightings implements Reader.
func (c *Client) Sightings(source string) (kaisei.Sightings, error) {
	return all[kaisei.Sightings](c, pathSightings, url.Values{"source": {source}})
}

// Noise implements Reader.
func (c *Client) Noise(source string) ([]kaisei.PageNoise, error) {
	return all[[]kaisei.PageNoise](c, pathNoise, url.Values{"source": {source}})
}

// ForgetNoise asks the daemon to forget what was learned of a document's page.
func (c *Client) ForgetNoise(ctx context.Context, document string) (bool, error) {
	var forgot bool
	err := c.do(ctx, http.MethodDelete, pathNoise, url.Values{"document": {document}}, nil, &forgot)
	return forgot, err
}

// Delivery implements Reader.
func (c *Client) Delivery(id string) (kaisei.Delivery, bool, error) {
	return get[kaisei.Delivery](c, pathDelivery, url.Values{"id": {id}})
}

// Deliveries implements Reader.
func (c *Client) Deliveries(state kaisei.DeliveryState, limit int) ([]kaisei.Delivery, error) {
	return all[[]kaisei.Delivery](c, pathDeliveries, url.Values{"state": {string(state)}, "limit": {strconv.Itoa(limit)}})
}

// Mark implements Reader.
func (c *Client) Mark(name string) (string, bool, error) {
	return get[string](c, pathMark, url.Values{"name": {name}})
}

// Stats implements Reader.
func (c *Client) Stats() (kaisei.StoreStats, error) {
	return all[kaisei.StoreStats](c, pathStats, nil)
}

// Look asks the daemon to look at sources now; what it found is decoded into into.
func (c *Client) Look(ctx context.Context, ask LookAsk, into any) error {
	return c.do(ctx, http.MethodPost, pathLook, nil, ask, into)
}

// Retry asks the daemon to send a delivery again at once.
func (c *Client) Retry(ctx context.Context, id string) (kaisei.Delivery, error) {
	var d kaisei.Delivery
	err := c.do(ctx, http.MethodPost, pathRetry, url.Values{"id": {id}}, nil, &d)
	return d, err
}

// Drop asks the daemon to give a delivery up.
func (c *Client) Drop(ctx context.Context, id, reason string) (kaisei.Delivery, error) {
	var d kaisei.Delivery
	err := c.do(ctx, http.MethodPost, pathDrop, url.Values{"id": {id}, "reason": {reason}}, nil, &d)
	return d, err
}

// Pause asks the daemon to leave a source alone until the pause ends; the zero Pause ends one.
func (c *Client) Pause(ctx context.Context, source string, p kaisei.Pause) (kaisei.Poll, error) {
	var out kaisei.Poll
	err := c.do(ctx, http.MethodPost, pathPause, nil, map[string]any{"Source": source, "Pause": p}, &out)
	return out, err
}

// Reload asks the daemon to read its configuration again and returns how many sources it then watches.
func (c *Client) Reload(ctx context.Context) (int, error) {
	var n int
	err := c.do(ctx, http.MethodPost, pathReload, nil, nil, &n)
	return n, err
}

// Rule asks the daemon to carry out a ruling.
func (c *Client) Rule(ctx context.Context, r kaisei.Ruling, tell bool) (kaisei.RulingCommit, error) {
	var out kaisei.RulingCommit
	err := c.do(ctx, http.MethodPost, pathRule, nil, map[string]any{"Ruling": r, "Tell": tell}, &out)
	return out, err
}

// Backup writes a copy of the daemon's store to w.
func (c *Client) Backup(ctx context.Context, w io.Writer) error {
	return c.do(ctx, http.MethodGet, pathBackup, nil, nil, w)
}

// Export writes what the daemon's store saw to w as WARC.
func (c *Client) Export(ctx context.Context, w io.Writer, q ExportQuery) error {
	return c.do(ctx, http.MethodPost, pathExport, nil, q, w)
}
