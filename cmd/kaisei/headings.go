package main

// headings are the heads of tables in Japanese; in English they stand in the code.
var headings = map[string]string{
	"":                   "",
	"AGREED":             "一致",
	"AUTHORITY":          "所管",
	"ALSO":               "ほかに",
	"ANSWER":             "対応",
	"ATTEMPTS":           "試行",
	"CHANGE":             "変更",
	"CHANGES":            "変更数",
	"CHANNEL":            "チャネル",
	"CLASS":              "種別",
	"UNCHANGED":          "変化なし",
	"NEW":                "新規・変化",
	"SUSPECT":            "疑わしい",
	"FAILED":             "失敗",
	"DAY (JST)":          "日付 (JST)",
	"DEAD":               "送信断念",
	"DECIDES":            "決めるもの",
	"DEFINED":            "定義箇所",
	"DOCUMENT":           "文書",
	"DUE (JST)":          "予定 (JST)",
	"FAILING":            "失敗中",
	"FAILURES":           "失敗",
	"EXPECTED ON":        "載るはずの一覧",
	"FORMAT":             "形式",
	"HELD":               "保留",
	"ID":                 "ID",
	"JUDGED DIFFERENTLY": "判定の違い",
	"KIND":               "種類",
	"LABEL":              "版",
	"LANGUAGE":           "言語",
	"LEARNED (JST)":      "学習 (JST)",
	"TIMES":              "回数",
	"WORDS":              "言葉",
	"LAST (JST)":         "最後 (JST)",
	"LAST CHANGE":        "最後の変更",
	"LAST ERROR":         "最後のエラー",
	"LAST GOOD":          "最終確認",
	"LAST LOOK":          "最終取得",
	"LAYER":              "層",
	"LOOKS":              "確認数",
	"MATCH":              "照合",
	"NEXT LOOK":          "次回",
	"MISSED":             "不一致",
	"MISSING FROM":       "載っていない一覧",
	"NEXT LOOK (JST)":    "次回 (JST)",
	"OLDEST (JST)":       "最古 (JST)",
	"OWNER":              "担当",
	"PENDING":            "期限前",
	"PUBLISHED":          "掲載",
	"REASON":             "理由",
	"RESTS ON":           "根拠",
	"RULE":               "規則",
	"SCHEDULE (JST)":     "周期 (JST)",
	"SEEN (JST)":         "検知 (JST)",
	"SEVERITY":           "重要度",
	"SHA256":             "SHA256",
	"SINCE":              "開始",
	"SHOWN BY":           "載っている一覧",
	"SINCE (JST)":        "掲載を見た時刻 (JST)",
	"SOURCE":             "監視先",
	"STATE":              "状態",
	"TIME (JST)":         "期間 (JST)",
	"TITLE":              "題名",
	"URL":                "URL",
	"USE":                "用途",
	"VALUE":              "値",
	"VERDICT":            "結果",
	"VERSION":            "番号",
	"WAITING":            "送信待ち",
	"WHAT":               "内容",
	"WHEN (JST)":         "日時 (JST)",
	"WHERE":              "箇所",
	"WHY":                "理由",
}

// inJapanese returns the heads of a table in Japanese. A head that is no word of headings (a table
// that words its own) stays as it is.
func inJapanese(head []string) []string {
	out := make([]string, len(head))
	for i, h := range head {
		out[i] = h
		if ja, ok := headings[h]; ok {
			out[i] = ja
		}
	}
	return out
}
