package fetch

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"kaisei/internal/kaisei"
)

func TestAQueryIsSentAsAFormWhereTheSourceSaysSo(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/answer", http.StatusSeeOther)
			return
		}
		form, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), form)
	})
	for path, want := range map[string]string{
		"/list?Page=2&Mode=0": "POST /list application/x-www-form-urlencoded Page=2&Mode=0",
		"/moved?a=1":          "GET /answer  ", // a form is sent once
	} {
		c, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + path, Policy: kaisei.FetchPolicy{Post: true}})
		if err != nil || string(c.Body) != want {
			t.Errorf("%s: %q, %v", path, c.Body, err)
		}
		if c.URL != s.URL+path {
			t.Errorf("the capture is of %s", c.URL)
		}
	}
}

func TestAnArchiveAnswersAFormByTheAddressWithItsQuery(t *testing.T) {
	a := openBytes(t, pack(t, plain, rec{kind: "response", url: "https://a.example/list?Page=2", at: t0, block: ok("second")}))
	c, err := (&Client{Transport: a}).Get(t.Context(), kaisei.Request{URL: "https://a.example/list?Page=2", Policy: kaisei.FetchPolicy{Post: true}})
	if err != nil || string(c.Body) != "second" {
		t.Errorf("%q, %v", c.Body, err)
	}
}
