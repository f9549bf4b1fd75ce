package ja

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// SimilarTitle is how alike (see Likeness) the identities of two link texts must be to name versions
// of one document that was given another title.
const SimilarTitle = 0.6

// similarParts are the words and numbers of which two similar link texts have the same, in the
// same order: what part of a work it is, whom it is for, and which of a series.
var similarParts = regexp.MustCompile(`本編|本文|本体|全文|概要|要旨|要約|要点|ポイント|骨子|別添|別紙|別表|別冊|別記|参考|付録|付属|附属|補足|様式|書式|ひな形|資料|新旧|対照表|正誤表` +
	`|チェックリスト|チェックシート|ワークシート|議事録|議事要旨|議事概要|議事次第|名簿|案内|要領|募集|結果|回答|報告|通知|解説|説明|事例|q&?a|質問|附帯決議|提案理由|要綱` +
	`|開発者|提供者|利用者|事業者|職員|管理者|担当者|..向け|消費者|国民|行政|自治体|教員|学生|児童|生徒|初等|中等|高等|大学|衆議院|参議院|入門|基礎|応用|実践|上級|導入|運用|調達|契約|評価|監査|記載例|記入例|改正|改定|改訂` +
	`|第[一二三四五六七八九十百]+|第[ivx]+|[0-9]+`)

// Similar reports whether two link texts of one language may name versions of one document, although
// their Identity differs: because the title was changed with the version. It is the cautious twin of
// Identity: the names must be alike, and neither may be another part (概要, 別添2), for other readers,
// of another number or a translation where the other is not. Callers need more than this to take
// two texts for one document.
func Similar(a, b string) bool {
	x, y := Identity(a), Identity(b)
	if x == "" || y == "" || x == y {
		return x != "" && x == y
	}
	if strings.HasSuffix(x, translationMark) != strings.HasSuffix(y, translationMark) || Likeness(x, y) < SimilarTitle {
		return false
	}
	parts := func(s string) []string {
		return similarParts.FindAllString(strings.ToLower(norm.NFKC.String(strings.TrimSuffix(s, translationMark))), -1)
	}
	return slices.Equal(parts(x), parts(y))
}
