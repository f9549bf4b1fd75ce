package render

import "kaisei/internal/kaisei"

// LayerName returns the name of a layer.
func LayerName[L spoken](l kaisei.Layer, lang L) string { return nameOf(lang, "layer", string(l)) }

// Force says how far what belongs to a layer binds, or "" for an unknown layer.
func Force[L spoken](l kaisei.Layer, lang L) string {
	if !l.Known() {
		return ""
	}
	return nameOf(lang, "force", string(l))
}

// ClassName returns the name of a class.
func ClassName[L spoken](c kaisei.Class, lang L) string { return nameOf(lang, "class", string(c)) }

// StateName returns the name of the state of a source.
func StateName[L spoken](state string, lang L) string { return nameOf(lang, "state", state) }

// LevelName returns the name of how bad a finding of the doctor is.
func LevelName[L spoken](level string, lang L) string { return nameOf(lang, "level", level) }

// DoctorSummary says how many findings fail and how many should be looked at.
func DoctorSummary[L spoken](fail, warn int, lang L) string {
	if fail+warn == 0 {
		return say(lang, "doctor.well")
	}
	return say(lang, "doctor.found", thousands(fail), thousands(warn))
}

// ChangeName names the class of a change; that only the last possible day of taking force came is said
// in its name, lest the text be thought in force.
func ChangeName[L spoken](c kaisei.Change, lang L) string {
	if c.LastDay() {
		return say(lang, "event.last-day")
	}
	return ClassName(c.Class, lang)
}

// SeverityName returns the name of a severity.
func SeverityName[L spoken](s kaisei.Severity, lang L) string {
	return nameOf(lang, "severity", string(s))
}

// SeverityMark returns the coloured sign of a severity. It is never the only
// carrier of the meaning: the name stands beside it.
func SeverityMark(s kaisei.Severity) string {
	switch s {
	case kaisei.Critical:
		return "🔴"
	case kaisei.High:
		return "🟠"
	case kaisei.Medium:
		return "🟡"
	case kaisei.Low:
		return "🔵"
	}
	return "⚪"
}

// VerdictName returns the name of the outcome of a look.
func VerdictName[L spoken](v kaisei.Verdict, lang L) string {
	return nameOf(lang, "verdict", string(v))
}

// RoleName, ThemeName and SectorName return the names of facets.
func RoleName[L spoken](id string, lang L) string { return nameOf(lang, "role", id) }

// ThemeName returns the name of a theme.
func ThemeName[L spoken](id string, lang L) string { return nameOf(lang, "theme", id) }

// SectorName returns the name of a sector.
func SectorName[L spoken](id string, lang L) string { return nameOf(lang, "sector", id) }

// names holds the names of everything that has an ID, by group. It is never written.
var names = map[string]map[string]kaisei.Text{
	"layer": layerNames(), "force": forceNames(), "class": classNames(),
	"severity": severityNames(), "cause": causeNames(), "remedy": causeRemedies(), "verdict": verdictNames(),
	"role": kaisei.RoleNames(), "theme": kaisei.ThemeNames(), "sector": kaisei.SectorNames(),
	"match": matchNames(), "field": fieldNames(), "place": placeNames(),
	"judged": judgedNames(), "decides": decidesNames(),
	"condition": conditionNames(), "shift": shiftNames(), "language": languageNames(), "held": heldNames(), "state": stateNames(), "level": levelNames(), "reason": reasonNames(),
}

// decidesNames are what rules decide.
func decidesNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"class": {JA: "種別", EN: "Class"}, "layer": {JA: "層", EN: "Layer"}, "severity": {JA: "重要度", EN: "Severity"}, "role": {JA: "主体", EN: "Roles"},
		"theme": {JA: "主題", EN: "Themes"}, "sector": {JA: "分野", EN: "Sectors"}, "quiet": {JA: "通知しない理由", EN: "Not told because"},
	}
}

// JudgedName returns the name of a part of a judgement.
func JudgedName[L spoken](part string, lang L) string { return nameOf(lang, "judged", part) }

// judgedNames are the parts of a judgement; see kaisei.Judgement.Differences.
func judgedNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"class": {JA: "種別", EN: "class"}, "layer": {JA: "層", EN: "layer"}, "severity": {JA: "重要度", EN: "severity"},
		"shifts": {JA: "規範の変化", EN: "shifts"}, "roles": {JA: "主体", EN: "roles"}, "themes": {JA: "主題", EN: "themes"},
		"sectors": {JA: "分野", EN: "sectors"}, "dates": {JA: "日付", EN: "dates"}, "touches": {JA: "用途", EN: "use cases"},
		"quiet": {JA: "通知", EN: "telling"}, "reasons": {JA: "根拠", EN: "reasons"},
	}
}

func layerNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"law":                 {JA: "法律", EN: "Act"},
		"order":               {JA: "政令・府省令・告示", EN: "Order or notification"},
		"plan":                {JA: "閣議決定・基本計画", EN: "Cabinet decision or basic plan"},
		"statutory-guideline": {JA: "法定指針", EN: "Statutory guideline"},
		"business-guideline":  {JA: "事業者向け指針", EN: "Guideline for business"},
		"procurement":         {JA: "政府調達・利活用", EN: "Government procurement and use"},
		"regulator-notice":    {JA: "注意喚起・通知・Q&A", EN: "Regulator's notice or Q&A"},
		"sector":              {JA: "分野別", EN: "Sector guidance"},
		"technical":           {JA: "技術ガイド", EN: "Technical guide"},
		"international":       {JA: "国際枠組み", EN: "International framework"},
		"consultation":        {JA: "意見募集", EN: "Public consultation"},
		"deliberation":        {JA: "会議", EN: "Deliberation"},
		"sandbox":             {JA: "規制のサンドボックス", EN: "Regulatory sandbox"},
		"news":                {JA: "報道発表", EN: "Announcement"},
	}
}

func forceNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"law":                 {JA: "拘束力あり", EN: "binding"},
		"order":               {JA: "拘束力あり", EN: "binding"},
		"plan":                {JA: "政府を拘束", EN: "binds the government"},
		"statutory-guideline": {JA: "ソフトロー・全体の枠組み", EN: "soft law, umbrella"},
		"business-guideline":  {JA: "ソフトロー", EN: "soft law"},
		"procurement":         {JA: "府省を拘束・供給者に影響", EN: "binds ministries, shapes suppliers"},
		"regulator-notice":    {JA: "法令の解釈", EN: "interpretation of binding law"},
		"sector":              {JA: "主にソフトロー", EN: "mostly soft law"},
		"technical":           {JA: "参考", EN: "supporting"},
		"international":       {JA: "任意", EN: "voluntary"},
		"consultation":        {JA: "確定前", EN: "not yet decided"},
		"deliberation":        {JA: "動向", EN: "signal"},
		"sandbox":             {JA: "活用の機会", EN: "opportunity"},
		"news":                {JA: "動向", EN: "signal"},
	}
}

func classNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"new-document":          {JA: "新規文書", EN: "new document"},
		"new-version":           {JA: "改訂", EN: "new version"},
		"amended":               {JA: "本文の変更", EN: "text amended"},
		"reissued":              {JA: "再掲載（本文は同じ）", EN: "reissued, same text"},
		"draft-published":       {JA: "案の公表", EN: "draft published"},
		"consultation-opened":   {JA: "意見募集の開始", EN: "consultation opened"},
		"consultation-closing":  {JA: "意見募集の締切間近", EN: "consultation closing"},
		"consultation-result":   {JA: "意見募集の結果", EN: "consultation result"},
		"promulgated":           {JA: "公布", EN: "promulgated"},
		"enforcement-scheduled": {JA: "施行予定", EN: "entry into force scheduled"},
		"in-force":              {JA: "施行", EN: "in force"},
		"meeting-announced":     {JA: "会議の開催案内", EN: "meeting announced"},
		"materials-posted":      {JA: "会議資料の掲載", EN: "meeting materials posted"},
		"minutes-posted":        {JA: "議事録の掲載", EN: "minutes posted"},
		"translation-published": {JA: "翻訳の掲載", EN: "translation published"},
		"translation-lag":       {JA: "翻訳の遅れ", EN: "translation behind"},
		"withdrawn":             {JA: "掲載終了", EN: "withdrawn"},
		"corrected":             {JA: "訂正", EN: "corrected"},
		"repealed":              {JA: "廃止", EN: "repealed"},
		"news":                  {JA: "お知らせ", EN: "news"},
		"source-failing":        {JA: "読み取り失敗", EN: "source failing"},
		"source-implausible":    {JA: "不自然な応答", EN: "source implausible"},
		"source-quiet":          {JA: "更新の途絶", EN: "source quiet"},
		"source-recovered":      {JA: "復旧", EN: "source recovered"},
		"source-missed":         {JA: "取りこぼしの可能性", EN: "probable miss"},
	}
}

func severityNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"critical": {JA: "重大", EN: "CRITICAL"},
		"high":     {JA: "高", EN: "HIGH"},
		"medium":   {JA: "中", EN: "MEDIUM"},
		"low":      {JA: "低", EN: "LOW"},
		"info":     {JA: "参考", EN: "INFO"},
	}
}

func verdictNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"first":        {JA: "初回の読み取り", EN: "first reading"},
		"changed":      {JA: "変更あり", EN: "changed"},
		"not-modified": {JA: "変更なし（304）", EN: "unchanged (304)"},
		"same-bytes":   {JA: "変更なし（同一データ）", EN: "unchanged (same bytes)"},
		"same-text":    {JA: "変更なし（同一本文）", EN: "unchanged (same text)"},
		"reissued":     {JA: "再掲載（同一本文）", EN: "reissued (same text)"},
		"listing":      {JA: "一覧を確認", EN: "listing read"},
		"suspect":      {JA: "疑わしい（再確認待ち）", EN: "suspect (a further look decides)"},
		"failed":       {JA: "失敗", EN: "failed"},
	}
}

func stateNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"failing":     {JA: "読み取り失敗", EN: "failing"},
		"implausible": {JA: "不自然な応答", EN: "implausible"},
		"quiet":       {JA: "更新の途絶", EN: "quiet"},
		"retrying":    {JA: "再試行中", EN: "retrying"},
		"partial":     {JA: "一部失敗", EN: "partial"},
		"waiting":     {JA: "初回待ち", EN: "waiting"},
		"paused":      {JA: "休止中", EN: "paused"},
		"ok":          {JA: "正常", EN: "ok"},
		"disabled":    {JA: "無効", EN: "disabled"},
		"unlisted":    {JA: "情報源一覧外", EN: "unlisted"},
	}
}

func levelNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"ok": {JA: "正常", EN: "ok"}, "warn": {JA: "注意", EN: "warn"}, "fail": {JA: "異常", EN: "FAIL"}, "skip": {JA: "省略", EN: "skip"},
	}
}
