package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// textBytes is the size of the text whose versions are measured, in UTF-8.
const textBytes = 50_000

// amended is a text of a guideline in which every request finds one sentence amended, added or
// taken out, as drafts go.
type amended struct {
	mu        sync.Mutex
	r         *rand.Rand
	sentences []string
	last      string
}

func newAmended() *amended {
	a := &amended{r: rand.New(rand.NewPCG(1, 2))}
	for size := 0; size < textBytes; {
		s := a.sentence()
		a.sentences = append(a.sentences, s)
		size += len(s)
	}
	return a
}

var (
	whos  = []string{"事業者", "提供者", "開発者", "利用者", "所管する行政機関の長", "責任者", "委託を受けた者"}
	whats = []string{"学習に用いたデータの出所", "出力の正確性に関する評価の結果", "利用の目的及び範囲", "個人情報の取扱い", "安全管理のために必要な措置", "苦情の処理に関する手続", "記録の保存期間", "人間の関与の在り方"}
	hows  = []string{"あらかじめ書面により", "遅滞なく", "毎年度", "求めに応じて", "適切な方法により", "重要な変更を加えるときは", "可能な限り平易な表現を用いて"}
	dos   = []string{"公表しなければならない。", "説明することが望ましい。", "確認するものとする。", "見直すよう努めるものとする。", "報告することが求められる。", "定めることができる。"}
)

func (a *amended) sentence() string {
	pick := func(list []string) string { return list[a.r.IntN(len(list))] }
	return fmt.Sprintf("%sは、%sについて、%s%s（様式第%d号）", pick(whos), pick(whats), pick(hows), pick(dos), a.r.IntN(1000))
}

// next amends the text and returns it as a page.
func (a *amended) next() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.r.IntN(len(a.sentences))
	switch a.r.IntN(4) {
	case 0:
		a.sentences = slices.Insert(a.sentences, at, a.sentence())
	case 1:
		a.sentences = slices.Delete(a.sentences, at, at+1)
	default:
		a.sentences[at] = a.sentence()
	}
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>見本指針</title></head>\n<body><header><p>見本省</p></header>\n<main><h1>見本指針</h1>\n")
	for i, s := range a.sentences {
		if i%8 == 0 {
			fmt.Fprintf(&b, "<h2>%d　留意事項</h2>\n", i/8+1)
		}
		fmt.Fprintf(&b, "<p>%s</p>\n", s)
	}
	b.WriteString("</main><footer><p>見本省 総務課</p></footer></body></html>\n")
	a.last = b.String()
	return a.last
}

func (a *amended) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page := ""
	if r.URL.Query().Has("same") {
		a.mu.Lock()
		page = a.last
		a.mu.Unlock()
	} else {
		page = a.next()
	}
	_, _ = io.WriteString(w, page)
}
