package pdf

import (
	"fmt"
	"strings"
	"testing"
)

func TestATitleThatReturnsAtTheEdgeOfPagesIsNoRunningHead(t *testing.T) {
	const title, clause = "クラウド利用者のための実施の手引", "感染を早期に発見するため、定期的に検査を行うこと。"
	var pages []string
	for i := range 8 {
		top := fmt.Sprintf("第%d回の検討の結果をここに記す。", i)
		if i%3 == 0 {
			top = title
		}
		var b strings.Builder
		b.WriteString(say(300, 570, 8, "架空省　利用指針"))
		b.WriteString(say(50, 540, 10, top))
		for k := range 12 {
			b.WriteString(say(50, 510-float64(k)*30, 10, fmt.Sprintf("頁%dの行%dには別のことが書いてある。", i, k)))
		}
		if i%2 == 0 {
			b.WriteString(say(50, 60, 10, fmt.Sprintf("（%d）", i)+clause))
		} else {
			b.WriteString(say(50, 60, 10, fmt.Sprintf("結びの%dである。", i)))
		}
		if i == 5 {
			b.WriteString(say(50, 130, 10, title))
		}
		pages = append(pages, b.String())
	}
	all := strings.Join(texts(read(t, newWorker(t), document(420, 595, pages...)).Blocks), "\n")
	if n := strings.Count(all, title); n != 4 {
		t.Errorf("the title stands %d times, want 4", n)
	}
	if n := strings.Count(all, clause); n != 4 {
		t.Errorf("the clause stands %d times, want 4", n)
	}
	if strings.Contains(all, "架空省") {
		t.Errorf("the running head is in the text:\n%s", all)
	}
}
