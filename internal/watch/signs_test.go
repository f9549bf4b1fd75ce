package watch

import (
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

func TestSignsAreReadFromTheMarkup(t *testing.T) {
	long := strings.Repeat("<p>本文の段落です。</p>", 2_000)
	s := signsOf(kaisei.Capture{Body: []byte(`<title>題 &amp; 名</title><META Name=Robots content="NOINDEX, nofollow" content=index><script>var a = "<h1>見出しでない</h1>"</script>` +
		long + `<noscript>要JavaScript</noscript><h1>後の<b>見出し</b></h1><input type="Password"><meta http-equiv=Refresh content="0; URL=/x">`)}, "")
	if want := []string{"題 & 名", "後の見出し"}; !slices.Equal(s.heads, want) {
		t.Errorf("headings %q, want %q", s.heads, want)
	}
	if !s.noindex || !s.refresh || !s.password || !s.scripted || s.noscript != "要JavaScript" {
		t.Errorf("noindex %v, refresh %v, password %v, script %v, noscript %q: want all of them", s.noindex, s.refresh, s.password, s.scripted, s.noscript)
	}
	if n := len(s.text); n < maxSignText || n > maxSignText+100 {
		t.Errorf("%d bytes of visible words, want little more than %d", n, maxSignText)
	}
}
