package sources_test

import (
	"fmt"
	"strings"
	"testing"

	"kaisei/sources"
)

// BenchmarkLoad reads the shipped catalogue with 2,000 more sources, as at every start.
func BenchmarkLoad(b *testing.B) {
	var more strings.Builder
	more.WriteString("[authority.acme]\nja = \"社内\"\nen = \"Acme\"\n")
	for i := range 2000 {
		fmt.Fprintf(&more, "[[source]]\nid = \"acme/notice-%d\"\ntitle = { ja = \"通知\", en = \"Notice\" }\nkind = \"page\"\nurl = \"https://acme.example/%d.html\"\nschedule = \"0 9 * * *\"\nlayer = \"news\"\n", i, i)
	}
	for b.Loop() {
		if _, err := sources.Load(sources.File{Name: "acme.toml", Data: []byte(more.String())}); err != nil {
			b.Fatal(err)
		}
	}
}
