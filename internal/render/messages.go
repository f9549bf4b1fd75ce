package render

import (
	"fmt"
	"strconv"

	"kaisei/internal/kaisei"
)

// say returns the message key in lang, formatted with args. A key that the catalogue lacks
// shows as itself in brackets; a test finds every such key in the source.
func say(lang, key string, args ...any) string {
	t, ok := messages[key]
	if !ok {
		return "[" + Clean(key) + "]"
	}
	s := t.In(lang)
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// count says n of something: in English the key with ".one" appended is used for 1.
func count(lang, key string, n int) string {
	if lang == English && n == 1 {
		if t, ok := messages[key+".one"]; ok {
			return fmt.Sprintf(t.EN, "1")
		}
	}
	return say(lang, key, thousands(n))
}

// thousands writes n with a comma every three digits, as both languages do.
func thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// messages is the catalogue of everything that people are told, by key. It is never written.
// Layers, classes, severities and the like are in names.go.
var messages = map[string]kaisei.Text{
	// What is coming.
	"calendar":          {JA: "AI関連法制の予定（kaisei）", EN: "Japan's AI governance: what is coming (kaisei)"},
	"event.closing":     {JA: "意見募集の締切", EN: "consultation closes"},
	"event.in-force-by": {JA: "施行（遅くともこの日まで）", EN: "in force by this day at the latest"},
	"event.last-day":    {JA: "遅くとも施行される日", EN: "last possible day of taking force"},
	"event.amended":     {JA: "（%sによる改正）", EN: " (as amended by %s)"},
	"event.by":          {JA: "遅くとも %s", EN: "by %s"},
	"event.open":        {JA: "日未定", EN: "day not fixed"},
	// Alerts.
	"between":           {JA: " ／ ", EN: " / "},
	"dot":               {JA: " ・ ", EN: " · "},
	"list":              {JA: "・", EN: ", "},
	"paren":             {JA: "（%s）", EN: " (%s)"},
	"colon":             {JA: ": ", EN: ": "},
	"from-to":           {JA: "%s → %s", EN: "%s → %s"},
	"count.added":       {JA: "追加 %s", EN: "added %s"},
	"count.changed":     {JA: "改正 %s", EN: "changed %s"},
	"count.removed":     {JA: "削除 %s", EN: "removed %s"},
	"count.moved":       {JA: "移動 %s", EN: "moved %s"},
	"count.renumbered":  {JA: "番号変更 %s", EN: "renumbered %s"},
	"count.whole":       {JA: "全文%s項", EN: "whole text, %s clauses"},
	"count.hardened":    {JA: "規範の強化 %s", EN: "norms hardened %s"},
	"count.softened":    {JA: "規範の緩和 %s", EN: "norms softened %s"},
	"count.obligation+": {JA: "義務の新設 %s", EN: "obligations added %s"},
	"count.obligation-": {JA: "義務の削除 %s", EN: "obligations removed %s"},
	"more-edits":        {JA: "ほか%s件の差分", EN: "%s more differences"},
	"more-edits.one":    {EN: "%s more difference", JA: "ほか%s件の差分"},
	"more-places":       {JA: "（ほか%sか所）", EN: " (and %s more places)"},
	"more-places.one":   {JA: "（ほか%sか所）", EN: " (and %s more place)"},
	"cut":               {JA: "…〔%s字略〕", EN: "… [%s characters left out]"},
	"page":              {JA: "%s頁", EN: "p. %s"},
	"new-definition":    {JA: "定義を新設「%s」", EN: "new definition “%s”"},
	"new-definitions":   {JA: "定義を新設「%s」", EN: "new definitions “%s”"},
	"term-gap":          {JA: "」「", EN: "”, “"},
	"new-heading":       {JA: "見出しを新設", EN: "new heading"},
	"gone-heading":      {JA: "見出しを削除", EN: "heading removed"},
	"moved-from":        {JA: "%s から移動", EN: "moved from %s"},
	"reasons":           {JA: "根拠", EN: "Why"},
	"more-reasons":      {JA: "ほか%s件", EN: "and %s more"},
	"touches":           {JA: "該当する用途", EN: "Touches your use"},
	"untouched":         {JA: "該当しない用途", EN: "Does not touch"},
	"clauses":           {JA: "該当%s箇所", EN: "%s clauses"},
	"clauses.one":       {JA: "該当%s箇所", EN: "%s clause"},
	"clauses.of":        {JA: "／差分%s件", EN: " of %s differences"},
	"places":            {JA: "同文掲載", EN: "Same text at"},
	"quiet":             {JA: "通知せず", EN: "Not told"},
	"copy-of":           {JA: "%s と同じ内容", EN: "same as %s"},

	// Samples.
	"sample.title":     {JA: "【試験通知】%s（見本）", EN: "[TEST] %s (sample)"},
	"sample.authority": {JA: "kaisei（試験）", EN: "kaisei (test)"},
	"sample.note":      {JA: "これは通知の試験です。実際の変化ではありません。", EN: "This is a test of the channel. Nothing has changed."},

	// Summaries.
	"summary.head":  {JA: "まとめ: %s（%s）", EN: "Summary: %s (%s)"},
	"summary.flood": {JA: "同じ情報源で短い間に多くの変化が見つかったため、%s件を1通にまとめました。すべて下に挙げます。", EN: "Many changes were found at one source within a short time; all %s are named below in one message."},
	"summary.held":  {JA: "通知を控える時間帯・休日の間に見つかった%s件をまとめました。すべて下に挙げます。", EN: "The %s changes found over quiet hours or days off are all named below in one message."},

	// Routes.
	"route.quiet":     {JA: "通知されません（%s）。", EN: "Nobody is told: %s."},
	"route.nobody":    {JA: "だれにも通知されません。", EN: "Nobody is told."},
	"route.now":       {JA: "すぐに通知", EN: "told at once"},
	"route.at":        {JA: "%s に通知（%s）", EN: "told at %s (%s)"},
	"route.digest":    {JA: "定期報告に掲載", EN: "named in the digest"},
	"route.refused":   {JA: "経路は該当しますが、チャネル自身の条件に合いません", EN: "a route names it, but conditions of the channel itself do not hold"},
	"route.matched":   {JA: "該当", EN: "matches"},
	"route.unmatched": {JA: "該当しません", EN: "does not match"},
	"route.stopped":   {JA: "経路%sが先に該当したため、調べません", EN: "not asked: route %s took the change before"},
	"route.above":     {JA: "上位の経路%sに該当しないため、調べません", EN: "not asked: route %s above does not match"},
	"route.other":     {JA: "対象外（変化の経路と情報源の通知の経路は別です）", EN: "not asked: routes of changes and of notices are kept apart"},
	"route.taken":     {JA: "経路%sが該当したため、既定の経路は使いません", EN: "a default, not used: route %s matched"},
	"route.to":        {JA: "%s", EN: "%s"},
	"route.to-nobody": {JA: "通知先なし", EN: "nobody"},
	"route.continues": {JA: "続く経路も調べる", EN: "and goes on"},
	"route.default":   {JA: "ほかに該当しないもの", EN: "whatever no other takes"},
	"route.all":       {JA: "すべて", EN: "everything"},
	"route.notices":   {JA: "情報源の通知", EN: "notices of sources"},
	"route.want":      {JA: "%s ← %s", EN: "%s ← %s"},
	"route.none":      {JA: "なし", EN: "none"},
	"route.hours":     {JA: "%s は通知を控える", EN: "quiet %s"},
	"route.business":  {JA: "営業日のみ", EN: "business days only"},
	"route.urgent":    {JA: "「%s」以上はすぐに通知", EN: "%s and above pass"},

	// Rulings.
	"ruling.confirm": {JA: "%s の自動照合を確認", EN: "the automatic match of %s is confirmed"},
	"ruling.link":    {JA: "%s は %s と同じ文書", EN: "%s is the same document as %s"},
	"ruling.split":   {JA: "%s を版%sから別の文書 %s に分けた", EN: "%s was split: from version %s on it is another document, %s"},

	// Dates.
	"date.promulgated": {JA: "公布", EN: "promulgated"},
	"date.cabinet":     {JA: "閣議決定", EN: "Cabinet decision"},
	"date.decided":     {JA: "決定", EN: "decided"},
	"date.effective":   {JA: "施行", EN: "in force"},
	"date.published":   {JA: "掲載", EN: "published"},
	"date.deadline":    {JA: "締切", EN: "deadline"},
	"date.seen":        {JA: "検知", EN: "detected"},
	"date.more":        {JA: "ほか%s件", EN: "and %s more"},

	// Links.
	"link.compare":  {JA: "新旧を見る", EN: "Compare old and new"},
	"link.original": {JA: "原文", EN: "Original"},
	"link.before":   {JA: "前の版", EN: "Previous version"},
	"link.page":     {JA: "掲載ページ", EN: "Listing page"},

	// Comparisons.
	"compare.title":   {JA: "新旧対照表", EN: "Comparison of old and new text"},
	"compare.after":   {JA: "改正後", EN: "After"},
	"compare.before":  {JA: "改正前", EN: "Before"},
	"compare.kind":    {JA: "区分", EN: "Kind"},
	"compare.legend":  {JA: "下線部分は改正部分。改正のない部分は省略。", EN: "Changed words are underlined. Unchanged clauses are left out."},
	"compare.none":    {JA: "差分はありません。", EN: "There are no differences."},
	"compare.new":     {JA: "（新設）", EN: "(new)"},
	"compare.gone":    {JA: "（削る）", EN: "(deleted)"},
	"edit.added":      {JA: "追加", EN: "added"},
	"edit.removed":    {JA: "削除", EN: "removed"},
	"edit.changed":    {JA: "改正", EN: "changed"},
	"edit.moved":      {JA: "移動", EN: "moved"},
	"edit.renumbered": {JA: "番号変更", EN: "renumbered"},
	"edit.whole":      {JA: "内容", EN: "content"},
	"shift.hardened":  {JA: "強化", EN: "hardened"},
	"shift.softened":  {JA: "緩和", EN: "softened"},
	"shift.added":     {JA: "義務新設", EN: "obligation added"},
	"shift.removed":   {JA: "義務削除", EN: "obligation removed"},
	"rejudged":        {JA: "再判定 %s（規則 %s）", EN: "Judged again %s (rules %s)"},
	"judged-as-told":  {JA: "通知したときと同じ", EN: "as it was told"},
	"explain.rules":   {JA: "規則 %s", EN: "rules %s"},
	"explain.today":   {JA: "現在の規則（%s）では", EN: "By the rules of today (%s)"},
	"explain.words":   {JA: "語句がない", EN: "the words are not there"},
	"explain.unmet":   {JA: "条件 %s を満たさない（%s）", EN: "condition %s does not hold (%s)"},
	"explain.idle":    {JA: "該当するが %s のまま", EN: "matches and leaves it at %s"},
	"explain.passing": {JA: "ついでに触れるだけ", EN: "named only in passing"},
	"explain.times":   {JA: "（%sか所）", EN: " (in %s places)"},
	"quoted":          {JA: "「%s」", EN: "“%s”"},
	"told":            {JA: "通知", EN: "told"},
	"facet.roles":     {JA: "主体", EN: "Roles"},
	"facet.themes":    {JA: "主題", EN: "Themes"},
	"facet.sectors":   {JA: "分野", EN: "Sectors"},

	// Digest.
	"digest.name":           {JA: "日本のAIガバナンス 週報", EN: "Japan AI governance, weekly digest"},
	"digest.subject":        {JA: "日本のAIガバナンス 週報 %s: %s", EN: "Japan AI governance, weekly digest %s: %s"},
	"digest.period":         {JA: "%s から %s まで", EN: "%s to %s"},
	"digest.changes":        {JA: "変化 %s件", EN: "%s changes"},
	"digest.changes.one":    {JA: "変化 %s件", EN: "%s change"},
	"digest.nothing":        {JA: "変化なし", EN: "nothing changed"},
	"digest.nothing-long":   {JA: "この期間に検知した変化はありません。", EN: "No change was detected in this period."},
	"digest.not-proof":      {JA: "ただし情報源%sは確認できていないため、変化がなかったとは言えません（下記）。", EN: "But %s could not be verified, so that for those this is no proof (see below)."},
	"digest.sources":        {JA: "%sか所", EN: "%s sources"},
	"digest.sources.one":    {JA: "%sか所", EN: "%s source"},
	"digest.looks":          {JA: "%s回", EN: "%s times"},
	"digest.looks.one":      {JA: "%s回", EN: "%s time"},
	"digest.verified-short": {JA: "変化なしを確認 %s", EN: "verified unchanged %s"},
	"digest.missed-short":   {JA: "確認できず %s", EN: "not verified %s"},
	"digest.h.changed":      {JA: "変わったこと", EN: "What changed"},
	"digest.h.coming":       {JA: "これからの予定", EN: "What is coming"},
	"digest.h.verified":     {JA: "変化なしを確認したところ", EN: "Verified unchanged"},
	"digest.h.missed":       {JA: "確認できていないところ", EN: "Not verified"},
	"digest.verified":       {JA: "情報源%sを計%s確認し、新しいものはありませんでした。", EN: "%s were read, %s in all, and showed nothing new."},
	"digest.verified.one":   {JA: "情報源%sを計%s確認し、新しいものはありませんでした。", EN: "%s was read, %s in all, and showed nothing new."},
	"digest.verified-none":  {JA: "この期間に変化なしを確認できたところはありません。", EN: "No source was verified unchanged in this period."},
	"digest.missed-none":    {JA: "なし。すべての情報源を読み取れています。", EN: "None. Every source could be read."},
	"digest.missed-since":   {JA: "%s から", EN: "since %s"},
	"digest.missed-never":   {JA: "一度も読み取れていません", EN: "never read so far"},
	"digest.failures":       {JA: "失敗%s回", EN: "%s failures"},
	"digest.failures.one":   {JA: "失敗%s回", EN: "%s failure"},
	"digest.coming-none":    {JA: "把握している期限・施行日はありません。", EN: "No deadline or date of taking force is known."},
	"digest.coming-more":    {JA: "ほか%s件（kaisei upcoming で一覧）", EN: "and %s more (kaisei upcoming lists them)"},
	"digest.more":           {JA: "差分 %s件", EN: "%s differences"},
	"digest.more.one":       {JA: "差分 %s件", EN: "%s difference"},
	"digest.range":          {JA: "変更番号 %s", EN: "changes no. %s"},
	"digest.range-none":     {JA: "新しい変更番号なし", EN: "no new change numbers"},
	"digest.days":           {JA: "あと%s日", EN: "in %s days"},
	"digest.days.one":       {JA: "あと%s日", EN: "in %s day"},
	"digest.today":          {JA: "本日", EN: "today"},
	"digest.foot":           {JA: "原文は各府省のサイトにあります。効力を持つのは日本語の原文だけです。", EN: "The originals are on the authorities' own sites. Only the Japanese text has legal effect."},

	// Notices.
	"notice.failing":          {JA: "「%s」を読み取れません。この情報源の変化は今、検知できません。", EN: "“%s” cannot be read. Changes there are not being detected."},
	"notice.implausible":      {JA: "「%s」の応答が不自然です（エラー画面、空の内容、急な縮小など）。前の版を保ったまま、確認を続けます。", EN: "“%s” answers implausibly (an error page, no content, a collapse in size). The last version is kept and looking goes on."},
	"notice.quiet":            {JA: "「%s」は読み取れていますが、長い間新しいものがありません。ページが移転していないか確かめてください。", EN: "“%s” can be read but has shown nothing new for unusually long. Please see whether the page has moved."},
	"notice.recovered":        {JA: "「%s」を再び読み取れるようになりました。", EN: "“%s” can be read again."},
	"notice.failing-many":     {JA: "%s件の情報源を読み取れません。これらの変化は今、検知できません。多くが同時に失敗しているときは、まず自分の回線を確かめてください。", EN: "%s sources cannot be read. Changes there are not being detected. Where many fail at once, look at your own network first."},
	"notice.implausible-many": {JA: "%s件の情報源の応答が不自然です。前の版を保ったまま、確認を続けます。", EN: "%s sources answer implausibly. The last versions are kept and looking goes on."},
	"notice.quiet-many":       {JA: "%s件の情報源は読み取れていますが、長い間新しいものがありません。ページが移転していないか確かめてください。", EN: "%s sources can be read but have shown nothing new for unusually long. Please see whether the pages have moved."},
	"notice.recovered-many":   {JA: "%s件の情報源を再び読み取れるようになりました。", EN: "%s sources can be read again."},
	"notice.many":             {JA: "%s件（監視中 %s件）", EN: "%s of %s sources"},
	"notice.more":             {JA: "ほか%s件", EN: "and %s more"},
	"notice.more-lines":       {JA: "ほか%s行", EN: "and %s more lines"},
	"notice.since":            {JA: "最後に読めた時刻", EN: "last read"},
	"notice.last-change":      {JA: "最後の変化", EN: "last change"},
	"notice.gap":              {JA: "読めなかった期間", EN: "not read between"},
	"notice.never":            {JA: "まだ一度も読めていません", EN: "never read so far"},
	"notice.failures":         {JA: "連続失敗", EN: "failures in a row"},
	"notice.cause":            {JA: "原因", EN: "cause"},
	"notice.remedy":           {JA: "対処", EN: "what to do"},
	"notice.next":             {JA: "次の確認", EN: "next look"},
	"notice.begun":            {JA: "始まり", EN: "began"},
	"notice.when":             {JA: "%s（%s）", EN: "%s (%s)"},
	"notice.lasted":           {JA: "%s → %s（%s）", EN: "%s → %s (%s)"},
	"notice.unseen":           {JA: "今あるものは読み直しました。この間に掲載され、すでに消えたものは確認できていません。", EN: "What is there now has been read. What was posted and taken down again in between was not seen."},
	"notice.again":            {JA: "未解消です。", EN: "Not over yet. "},
	"notice.flaps":            {JA: "回復した後の再発%s回。読める状態が続くまで復旧とはお知らせしません。", EN: "It came back %s times soon after recovery; recovery is told once reading lasts."},
	"notice.flaps.one":        {JA: "回復した後の再発%s回。読める状態が続くまで復旧とはお知らせしません。", EN: "It came back %s time soon after recovery; recovery is told once reading lasts."},
	"notice.flapped":          {JA: "回復と失敗を繰り返していました（再発%s回）。", EN: "It had failed and recovered in turn (%s relapses)."},
	"notice.flapped.one":      {JA: "回復と失敗を繰り返していました（再発%s回）。", EN: "It had failed and recovered in turn (%s relapse)."},
	"notice.quiet-catalogue":  {JA: "カタログの見込み（%s）より長く、新しいものがありません。", EN: "Nothing new for longer than the catalogue expects (%s)."},
	"notice.quiet-history":    {JA: "これまでの更新の間隔（長くても通常%s業務日）から見て長く、新しいものがありません。", EN: "Nothing new for longer than its own past lets expect (usually at most %s working days between news)."},
	"notice.quiet-do":         {JA: "ページを開き、新しい掲載が別の場所に移っていないか、フィードが止まっていないかを確かめてください。移っていれば url を改め、終わった情報源なら disable に加えてください。", EN: "Open the page and see whether news now appears elsewhere or the feed has stalled. If it moved, correct its url; if it has ended, add it to disable."},
	"notice.back-quiet":       {JA: "「%s」に再び新しいものが載りました。", EN: "“%s” shows something new again."},
	"notice.silent":           {JA: "途絶えていた期間", EN: "silent between"},
	"notice.mixed":            {JA: "情報源の状態", EN: "health of the sources"},
	"notice.mixed-text":       {JA: "監視の状態が変わった、またはまだ解消していない情報源があります。", EN: "The state of sources changed, or is not over yet."},
	"notice.part":             {JA: "■ %s（%s件）", EN: "%s (%s):"},
	"notice.host":             {JA: "%s（%s件: %s）", EN: "%s (%s sources: %s)"},
	"notice.network":          {JA: "回線の障害", EN: "network down"},
	"notice.network-many":     {JA: "%sホスト中%sに届きません", EN: "of %s hosts, %s do not answer"},
	"notice.network-text":     {JA: "ほとんどのサイトに同時に届かなくなりました。各サイトではなく、ここの回線、DNSまたはプロキシの障害と見られます。変化は今、検知できません。", EN: "Most sites stopped answering at once. The trouble is most likely the network here, its DNS or the proxy, and not the sites. Changes are not being detected."},
	"notice.network-sources":  {JA: "読めない情報源", EN: "sources that cannot be read"},
	"notice.network-missed":   {JA: "読めなかった情報源", EN: "sources not read"},
	"notice.network-unseen":   {JA: "この間に掲載され、すでに消えたものは確認できていません。", EN: "What was posted and taken down again in between was not seen."},
	"notice.network-do":       {JA: "この機械で kaisei doctor を実行し、回線、DNS、プロキシの順に確かめてください。直れば自動で読み直します。", EN: "Run kaisei doctor on this machine and check the network, DNS and the proxy, in this order. Reading resumes by itself."},
	"notice.network-back":     {JA: "回線の復旧", EN: "network back"},
	"notice.network-answered": {JA: "サイトに再び届くようになりました。読めなかった情報源は、順に読み直します。", EN: "Sites answer again. The sources that could not be read are being read, one after another."},
	"pause.until":             {JA: "%sまで休止", EN: "paused until %s"},
	"pause.set":               {JA: "%s を %s まで休止します。その後は自動で再開し、休止中の分を一度だけ取得します。", EN: "%s is left alone until %s; then it is taken up by itself, and what it missed is made up once."},
	"pause.over":              {JA: "%s の休止を解除しました。休止中の分を一度だけ取得します。", EN: "%s is looked at again; what it missed is made up once."},
	"wait.until":              {JA: "%s の指定により %s まで待機", EN: "%s asked to be left alone until %s"},
	"feed.asks":               {JA: "フィードの指定により%s以上の間隔", EN: "the feed asks for at most one look in %s"},
	"feed.asks-more":          {JA: "フィードは%s以上の間隔を指定（守るのは%sまで）", EN: "the feed asks for at most one look in %s, of which %s are kept"},
	"schedule.jitter":         {JA: "%s（%s遅らせて取得）", EN: "%s, later by %s"},
	"reloaded":                {JA: "設定と情報源を読み直しました（監視する情報源%s件）。", EN: "The configuration and the catalogue were read again; %s sources are watched."},
	"status.sources":          {JA: "情報源%s件", EN: "%s sources"},
	"status.sources.one":      {JA: "情報源%s件", EN: "%s source"},
	"doctor.well":             {JA: "異常はありません。", EN: "Nothing is wrong."},
	"doctor.found":            {JA: "異常 %s件、注意 %s件", EN: "failing: %s, to look at: %s"},
	// What the ledger proves.
	"proof.none":          {JA: "この期間の確認記録はありません。", EN: "no look is recorded for this time"},
	"proof.unchanged":     {JA: "変化のないことを%s回確認しました（%s から %s まで）。", EN: "verified unchanged %s times between %s and %s"},
	"proof.other":         {JA: "初回の読み取りと変化 %s回 ／ 疑わしい応答 %s回 ／ 失敗 %s回", EN: "first readings and changes %s / doubted %s / failed %s"},
	"proof.gap":           {JA: "読めた確認の最大の間隔: %s（%s → %s）", EN: "largest gap between two looks that read it: %s (%s → %s)"},
	"span.moment":         {JA: "1分未満", EN: "less than a minute"},
	"span.minutes":        {JA: "%s分", EN: "%s minutes"},
	"span.minutes.one":    {JA: "%s分", EN: "%s minute"},
	"span.hours":          {JA: "%s時間", EN: "%s hours"},
	"span.hours.one":      {JA: "%s時間", EN: "%s hour"},
	"span.days":           {JA: "%s日", EN: "%s days"},
	"span.days.one":       {JA: "%s日", EN: "%s day"},
	"span.two":            {JA: "%s%s", EN: "%s %s"},
	"span.ago":            {JA: "%s前", EN: "%s ago"},
	"span.now":            {JA: "たった今", EN: "just now"},
	"span.in":             {JA: "%s後", EN: "in %s"},
	"span.soon":           {JA: "まもなく", EN: "soon"},
	"span.never":          {JA: "なし", EN: "never"},
	"missed.count":        {JA: "%s件", EN: "%s found"},
	"missed.text":         {JA: "ある一覧に載ったものが、同じものを載せるはずの別の一覧に、期限までに載りませんでした。載っている一覧からはすでにお知らせしています。", EN: "What one list shows did not appear in time on another that is expected to show the same. It was told from the list that shows it."},
	"missed.text-unnamed": {JA: "一覧どうしの突き合わせで、見落としているおそれのある箇所が見つかりました。", EN: "Comparing lists with each other found where something may have been missed."},
	"missed.id":           {JA: "（%s）", EN: " (%s)"},
	"missed.where":        {JA: "載っている一覧: %s、%s から。載っていない一覧: %s", EN: "shown by %s since %s; missing from %s"},
	"missed.unread":       {JA: "原因はこちら側と思われます。その間、一度も読めていません（失敗 %s回）。対処: kaisei looks %s で失敗の理由を確かめてください。", EN: "Probably ours: the list was not read once in that time (%s failures). What to do: see why with kaisei looks %s."},
	"missed.detail":       {JA: " 最後の失敗: %s", EN: " The last failure: %s"},
	"missed.rolled":       {JA: "原因はこちら側と思われます。その間にフィードが入れ替わり、流れた項目があります。対処: 確認の間隔（schedule）を短くするか、backfill に一覧を指定してください。", EN: "Probably ours: the feed rolled over between two looks. What to do: look more often (schedule), or name a listing in backfill."},
	"missed.unseen":       {JA: "先方が載せていないか、こちらの読み方が誤っています（その間 %s回読めました）。対処: その一覧をブラウザで開いてください。載っていれば %s の select と follow を直し、載っていなければ何もする必要はありません。", EN: "Theirs, or our reading of them: the list was read %s times. What to do: open it in a browser; if the item is there, correct select and follow of %s; if not, nothing needs to be done."},
	"missed.pair":         {JA: "%s に載るものが %s に載っていません（続けて%s件、%s から）。", EN: "What %s shows is missing from %s (%s items in a row, since %s)."},
	"missed.pair-do":      {JA: "どちらかの一覧の読み方が誤っているか、elsewhere の指定が実際と合っていません。両方のページを開いて比べてください。", EN: "One of them is read wrongly, or what elsewhere says does not hold. Open both pages and compare."},
	"missed.gap":          {JA: "%s: %s から %s までの間に、見ていない項目があるおそれがあります。", EN: "%s: between %s and %s items may have come and gone unseen."},
	"missed.gap-alone":    {JA: "フィードがその間に入れ替わりました。先方の一覧を開いて確かめるか、確認の間隔（schedule）を短くしてください。", EN: "The feed rolled over in that time. Look through the site's own list, or look more often (schedule)."},
	"missed.look":         {JA: "確認: kaisei sources reconcile", EN: "See: kaisei sources reconcile"},
	"notice.look":         {JA: "確認: kaisei sources status", EN: "See: kaisei sources status"},
}
