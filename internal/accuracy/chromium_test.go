package accuracy

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// chromium is a headless browser that sets pages as PDF, spoken to over its DevTools
// pipe: one start serves all documents.
type chromium struct {
	to      io.Writer
	from    *bufio.Reader
	id      int
	session string
	frame   string
}

// newChromium starts a browser, or returns nil and why there is none.
func newChromium(t *testing.T) (*chromium, string) {
	t.Helper()
	exe, err := exec.LookPath("chromium")
	if err != nil {
		return nil, "Chromium is not installed"
	}
	fromUs, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, toUs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--remote-debugging-pipe", "--user-data-dir="+t.TempDir())
	cmd.ExtraFiles = []*os.File{fromUs, toUs}
	if err := cmd.Start(); err != nil {
		return nil, "Chromium does not start: " + err.Error()
	}
	fromUs.Close()
	toUs.Close()
	c := &chromium{to: to, from: bufio.NewReaderSize(from, 1<<20)}
	t.Cleanup(func() {
		c.call("Browser.close", nil, nil)
		cmd.Wait()
		to.Close()
		from.Close()
	})
	var target struct {
		TargetID string `json:"targetId"`
	}
	var session struct {
		SessionID string `json:"sessionId"`
	}
	var tree struct {
		FrameTree struct {
			Frame struct {
				ID string `json:"id"`
			} `json:"frame"`
		} `json:"frameTree"`
	}
	if err := c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return nil, err.Error()
	}
	if err := c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session); err != nil {
		return nil, err.Error()
	}
	c.session = session.SessionID
	if err := c.call("Page.getFrameTree", nil, &tree); err != nil {
		return nil, err.Error()
	}
	c.frame = tree.FrameTree.Frame.ID
	return c, ""
}

// call sends a command and reads until its answer.
func (c *chromium) call(method string, params, answer any) error {
	c.id++
	m := map[string]any{"id": c.id, "method": method}
	if params != nil {
		m["params"] = params
	}
	if c.session != "" {
		m["sessionId"] = c.session
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := c.to.Write(append(body, 0)); err != nil {
		return fmt.Errorf("send %s: %w", method, err)
	}
	for {
		message, err := c.from.ReadBytes(0)
		if err != nil {
			return fmt.Errorf("read the answer to %s: %w", method, err)
		}
		var got struct {
			ID     int             `json:"id"`
			Result json.RawMessage `json:"result"`
			Error  *struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if err := json.Unmarshal(bytes.TrimSuffix(message, []byte{0}), &got); err != nil {
			return fmt.Errorf("read the answer to %s: %w", method, err)
		}
		if got.ID != c.id {
			continue // an event
		}
		if got.Error != nil {
			return fmt.Errorf("%s: %s", method, got.Error.Message)
		}
		if answer == nil {
			return nil
		}
		return json.Unmarshal(got.Result, answer)
	}
}

// sheet is how a document is set on pages; lengths are in inches.
type sheet struct {
	width, height, margin float64
	head, foot            string
}

// print sets a page of HTML as PDF.
func (c *chromium) print(html string, s sheet) ([]byte, error) {
	if err := c.call("Page.setDocumentContent", map[string]any{"frameId": c.frame, "html": html}, nil); err != nil {
		return nil, err
	}
	var answer struct {
		Data string `json:"data"`
	}
	err := c.call("Page.printToPDF", map[string]any{
		"paperWidth": s.width, "paperHeight": s.height, "marginTop": s.margin, "marginBottom": s.margin, "marginLeft": s.margin, "marginRight": s.margin,
		"displayHeaderFooter": s.head != "" || s.foot != "", "headerTemplate": "<span></span>" + s.head, "footerTemplate": "<span></span>" + s.foot,
	}, &answer)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer.Data)
}
