package render

import (
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// MatchName says how a document was recognised, and of an automatic match that it is one.
func MatchName[L spoken](match string, lang L) string {
	if match == "" {
		return "-"
	}
	return nameOf(lang, "match", match)
}

func matchNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		kaisei.MatchCatalogue: {JA: "情報源一覧の指定", EN: "named by the catalogue"},
		kaisei.MatchNew:       {JA: "新規", EN: "new"},
		kaisei.MatchKey:       {JA: "自動照合: 題名の一致", EN: "automatic: same title"},
		kaisei.MatchURL:       {JA: "自動照合: アドレスの一致", EN: "automatic: same address"},
		kaisei.MatchSimilar:   {JA: "自動照合: 題名と本文の類似", EN: "automatic: similar title and text"},
		kaisei.MatchOperator:  {JA: "運用者の判断", EN: "operator's ruling"},
	}
}

// PlaceName says in which presentation or format a text stands at another place: 見え消し版, Word.
func PlaceName[L spoken](p kaisei.Place, lang L) string {
	if _, ok := names["place"][p.Kind]; !ok {
		return brief(strings.ToUpper(p.Kind))
	}
	return nameOf(lang, "place", p.Kind)
}

func placeNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		kaisei.PlaceMarked: {JA: "見え消し版", EN: "Amendments shown"},
		kaisei.PlaceMerged: {JA: "溶け込み版", EN: "Amendments worked in"},
		"docx":             {JA: "Word", EN: "Word"}, "doc": {JA: "Word（旧形式）", EN: "Word (old format)"},
		"xlsx": {JA: "Excel", EN: "Excel"}, "xls": {JA: "Excel（旧形式）", EN: "Excel (old format)"},
		"pptx": {JA: "PowerPoint", EN: "PowerPoint"}, "jtd": {JA: "一太郎", EN: "Ichitaro"},
	}
}

// Ruling says in one line what was ruled, by whom, when and why.
func Ruling[L spoken](r kaisei.Ruling, lang L) string {
	document, other := head(Clean(r.Document), maxTitle), head(Clean(r.Other), maxTitle)
	var s string
	switch r.Action {
	case kaisei.RuleConfirm:
		s = say(lang, "ruling.confirm", document)
	case kaisei.RuleLink:
		s = say(lang, "ruling.link", other, document)
	case kaisei.RuleSplit:
		s = say(lang, "ruling.split", document, strconv.Itoa(r.Seq), other)
	default:
		s = joined([]string{brief(string(r.Action)), document, other}, " ")
	}
	by := joined([]string{brief(r.By), clock(r.At)}, say(lang, "list"))
	return joined([]string{s + say(lang, "paren", by), head(Clean(r.Note), maxNote)}, say(lang, "between"))
}

// Words returns the name of a field of a document ("document.id") for tables and lists.
func Words[L spoken](key string, lang L) string { return nameOf(lang, "field", key) }

func fieldNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"delivery.id":             {JA: "配信ID", EN: "Delivery"},
		"delivery.state":          {JA: "状態", EN: "State"},
		"delivery.channel":        {JA: "通知先", EN: "Channel"},
		"delivery.created":        {JA: "作成 (JST)", EN: "Made (JST)"},
		"delivery.due":            {JA: "予定 (JST)", EN: "Due (JST)"},
		"delivery.held":           {JA: "待機の理由", EN: "Waits because"},
		"delivery.sent":           {JA: "送信 (JST)", EN: "Sent (JST)"},
		"delivery.attempts":       {JA: "試行", EN: "Attempts"},
		"delivery.error":          {JA: "最後のエラー・理由", EN: "Last error or reason"},
		"delivery.receipt":        {JA: "相手の応答", EN: "Answered"},
		"delivery.into":           {JA: "まとめた通知", EN: "Told by"},
		"delivery.change":         {JA: "変更", EN: "Change"},
		"channel.notices":         {JA: "情報源の通知すべて", EN: "all notices of sources"},
		"channel.digest-daily":    {JA: "日報（9時）", EN: "daily digest (09:00)"},
		"channel.digest-weekly":   {JA: "週報（月曜9時）", EN: "weekly digest (Mondays 09:00)"},
		"channel.digest-monthly":  {JA: "月報（1日9時）", EN: "monthly digest (the 1st, 09:00)"},
		"channel.digest-business": {JA: "休日は翌営業日", EN: "after a day off on the next business day"},
		"channel.and":             {JA: "、", EN: "; "},
		"document.id":             {JA: "文書ID", EN: "Document"},
		"document.goes-on":        {JA: "継続先", EN: "Goes on as"},
		"document.match":          {JA: "照合", EN: "Recognised"},
		"document.lead":           {JA: "掲載", EN: "Offered as"},
		"document.place":          {JA: "同文掲載", EN: "Same text at"},
		"document.copy":           {JA: "写し（情報源一覧）", EN: "Copy, by the catalogue"},
		"document.translates":     {JA: "翻訳元", EN: "Translation of"},
		"document.translation":    {JA: "翻訳", EN: "Translation"},
		"document.ruling":         {JA: "判断の記録", EN: "Ruling"},

		"stack.layer":    {JA: "層", EN: "LAYER"},
		"stack.title":    {JA: "文書", EN: "DOCUMENT"},
		"stack.label":    {JA: "現在の版", EN: "VERSION"},
		"stack.decided":  {JA: "決定・公布", EN: "DECIDED"},
		"stack.in-force": {JA: "施行", EN: "IN FORCE"},
		"stack.coming":   {JA: "今後", EN: "COMING"},
		"stack.changed":  {JA: "最後の変更", EN: "LAST CHANGE"},
		"stack.verified": {JA: "最終確認 (JST)", EN: "VERIFIED (JST)"},
		"stack.id":       {JA: "ID", EN: "ID"},
		"stack.none":     {JA: "（情報源なし）", EN: "(nothing watched)"},
		"stack.unread":   {JA: "（未読・情報源あり）", EN: "(not read yet)"},
		"stack.empty":    {JA: "（情報源に文書なし）", EN: "(read, no document there)"},
		"stack.copy":     {JA: "写し", EN: "copy of"},
		"stack.open":     {JA: "日付未定", EN: "no day yet"},
	}
}
