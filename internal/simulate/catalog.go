package simulate

import (
	"fmt"
	"strings"
)

// slowTimeout is the timeout of the sources that a story makes wait.
const slowTimeout = "1s"

// row writes the source of a resource as a table of the catalogue.
func (r *resource) row(s *Site, b *strings.Builder, schedule string) {
	fmt.Fprintf(b, "[[source]]\nid = %q\ntitle = { ja = %q, en = %q }\nurl = %q\nschedule = %q\nlanguage = \"ja\"\n", r.id, r.title, "Simulated: "+r.id, s.url(r), schedule)
	switch {
	case r.page != nil:
		b.WriteString("kind = \"page\"\nlayer = \"regulator-notice\"\n")
		if r.page.selects {
			b.WriteString("select = [\"main\"]\n")
		}
	case r.feed != nil:
		b.WriteString("kind = \"feed\"\nlayer = \"news\"\nkeywords = \"default\"\n")
	case r.index != nil:
		b.WriteString("kind = \"index\"\nlayer = \"business-guideline\"\nselect = [\"main\"]\nrecheck = \"0s\"\n")
	}
	if s.waits(r) {
		fmt.Fprintf(b, "fetch = { timeout = %q }\n", slowTimeout)
	}
	if r.index != nil {
		b.WriteString("\n  [[source.follow]]\n  text = \"本編\"\n  as = \"document\"\n  document = \"main\"\n\n  [[source.follow]]\n  text = \"別添\"\n  as = \"document\"\n")
	}
	b.WriteString("\n")
}
