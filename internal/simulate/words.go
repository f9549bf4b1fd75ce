package simulate

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The vocabulary of the articles: sentences in the manner of the guidelines and notices that
// ministries publish. An ending goes behind a verb in its dictionary form.
var (
	subjects = []string{
		"AI開発者", "AI提供者", "AI利用者", "事業者", "各府省", "地方公共団体", "個人情報取扱事業者", "経営者", "利用部門の責任者",
		"監査を担当する部署", "外部に処理を委託する者", "学習用データを提供する者", "国", "研究開発機関",
	}
	occasions = []string{
		"学習用データを収集するに当たり、", "システムの運用を開始する前に、", "外部の者に処理を委託する場合には、", "重大な事案を認知したときは、%d日以内に、",
		"利用者から申出を受けた日から%d日以内に、", "前条第%d項の規定に基づき、", "少なくとも年%d回、", "人事評価又は採用の判断に用いる場合には、",
		"第%d条に定める手続に従い、", "個人に関する情報を入力するときは、", "提供の終了後%d年間、", "海外の事業者のサービスを利用する場合であっても、",
		"利用者の数が%d人を超えるときは、", "出力を対外的に公表する場合には、", "", "", "機微な情報を取り扱う業務においては、", "基盤モデルを改良して提供する場合には、",
	}
	objects = []string{
		"出力の正確性", "学習用データの来歴", "リスクの評価の結果", "判断の根拠となった情報", "苦情への対応の状況", "安全管理措置の実施状況", "委託先の選定の基準",
		"想定される利用の範囲", "差別的な取扱いの有無", "著作物の利用の態様", "事故の原因及び再発防止策", "利用目的の変更", "人間の関与の方法", "透明性の確保の方策",
		"教育及び訓練の計画", "識別可能な表示の付与", "入力された情報の取扱い", "監視の体制", "責任の所在", "性能の劣化の兆候", "脆弱性の検査の記録", "停止の手順",
	}
	verbs = []string{
		"を文書により明らかにする", "を記録し、保存する", "について関係者に周知する", "を定期的に点検する", "について所管の部署に報告する", "を第三者の評価に付する",
		"を公表する", "について本人に説明する", "を速やかに是正する", "に関する規程を整備する", "について専門家の意見を聴く", "を契約において明確に定める",
		"を検証し、必要な見直しを行う", "を適切に管理する", "に配慮した措置を講ずる", "の妥当性を確認する",
	}
	endings = []string{
		"ことが望ましい", "ことが求められる", "ものとする", "必要がある", "よう努めるものとする", "べきである", "ことが期待される", "ことが重要である", "ことができる",
		"こととする", "よう努めなければならない", "ことが推奨される",
	}
	topics = []string{
		"生成AIの利用", "AIシステムの調達", "学習用データの管理", "AIサービスの提供", "自動化された意思決定", "AIエージェントの運用", "基盤モデルの評価", "AIリスクの管理",
		"AIに関する苦情処理", "AI利用における個人情報の保護", "AIと著作物の利用", "AIの安全性評価", "AI人材の育成", "AIインシデントの報告",
	}
	sectors = []string{"金融", "医療", "教育", "製造", "電気通信", "運輸", "農林水産", "建設", "観光", "雇用", "福祉", "エネルギー", "防災", "文化芸術", "地方行政", "司法"}
	papers  = []string{"に関する指針", "についての留意事項", "に係る注意喚起", "ガイドブック", "に関する基本的考え方", "の手引", "に関する質疑応答集", "に関する通知"}
	heads   = []string{"目的", "適用範囲", "定義", "基本理念", "体制の整備", "記録及び保存", "情報の提供", "委託先の監督", "教育及び訓練", "事案への対応", "評価及び改善", "雑則"}
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// sentence is one statement, which ends in a full stop. Those that softer is true for can be hardened.
func sentence(r *rand.Rand) string {
	occasion := pick(r, occasions)
	if strings.Contains(occasion, "%d") {
		occasion = fmt.Sprintf(occasion, 2+r.IntN(88))
	}
	return pick(r, subjects) + "は、" + occasion + pick(r, objects) + pick(r, verbs) + pick(r, endings) + "。"
}

// part is one element of an article: a heading, a paragraph, an item of a list or a row of a table.
type part struct {
	tag   string // h2, h3, p, li, tr
	mark  string // the number in front: 第3条, (2), ○
	words []string
}

func (p part) text() string { return p.mark + strings.Join(p.words, "") }

// article writes parts of about so many bytes of HTML, the same for the same r.
func article(r *rand.Rand, bytes int) []part {
	var out []part
	size, clause := 0, 0
	add := func(p part) {
		out = append(out, p)
		size += len(p.text()) + 14
	}
	add(part{tag: "p", words: []string{sentence(r), sentence(r)}})
	for chapter := 1; size < bytes; chapter++ {
		add(part{tag: "h2", mark: fmt.Sprintf("第%d章　", chapter), words: []string{pick(r, topics) + "における" + pick(r, heads)}})
		for range 3 + r.IntN(4) {
			if size >= bytes {
				break
			}
			clause++
			add(part{tag: "h3", mark: fmt.Sprintf("第%d条", clause), words: []string{"（" + pick(r, heads) + "）"}})
			clauses(r, add)
		}
	}
	return out
}

// clauses writes what stands below one heading.
func clauses(r *rand.Rand, add func(part)) {
	for i := range 1 + r.IntN(3) {
		p := part{tag: "p"}
		if i > 0 {
			p.mark = fmt.Sprintf("%d　", i+1)
		}
		for range 1 + r.IntN(3) {
			p.words = append(p.words, sentence(r))
		}
		add(p)
	}
	switch r.IntN(4) {
	case 0:
		for i := range 2 + r.IntN(4) {
			add(part{tag: "li", mark: fmt.Sprintf("(%d)　", i+1), words: []string{sentence(r)}})
		}
	case 1:
		for range 2 + r.IntN(3) {
			add(part{tag: "li", mark: "○ ", words: []string{sentence(r)}})
		}
	case 2:
		for range 2 + r.IntN(3) {
			add(part{tag: "tr", mark: pick(r, subjects), words: []string{sentence(r)}})
		}
	}
}
