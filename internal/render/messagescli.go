package render

import (
	"fmt"
	"maps"

	"kaisei/internal/kaisei"
)

// with adds one part of the catalogue to another, which it changes.
func with(part, all map[string]kaisei.Text) map[string]kaisei.Text {
	maps.Copy(all, part)
	return all
}

// Say is what a command prints beside its tables: the message key, with args in its places. Numbers get
// their commas; texts are made safe to print.
func Say[L spoken](lang L, key string, args ...any) string {
	texts := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case int:
			texts[i] = thousands(v)
		case int64:
			texts[i] = thousands(int(v))
		default:
			texts[i] = cleanSpan(fmt.Sprint(v))
		}
	}
	return say(lang, key, texts...)
}

// commandMessages are what commands print beside tables, in results and in remarks on standard error.
func commandMessages() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"cli.note":             {JA: "注意: %s", EN: "note: %s"},
		"cli.more-older":       {JA: "ほかに古いものが%s件あります。--limit 0 ですべて、--until で指定した日より前を表示します。", EN: "%s more, older, not listed: --limit 0 lists all, --until those before a day"},
		"cli.more-waiting":     {JA: "ほかに古いものが%s件あります。--limit 0 ですべてを表示します。", EN: "%s more, older, not listed: --limit 0 lists all"},
		"cli.more-changes":     {JA: "ほかに変更が%s件あります。--limit 0 ですべてを表示します。", EN: "%s more changes; --limit 0 prints all"},
		"cli.no-change":        {JA: "該当する変更はありません。", EN: "no change matches"},
		"cli.no-document":      {JA: "該当する文書はありません。", EN: "no document matches"},
		"cli.no-delivery":      {JA: "該当する配信はありません。", EN: "no delivery matches"},
		"cli.no-look":          {JA: "確認の記録はありません。", EN: "no look is recorded"},
		"cli.no-looks-yet":     {JA: "まだ一度も確認していません。kaisei serve または kaisei check を実行してください。", EN: "nothing was looked at yet: run 'kaisei serve' or 'kaisei check'"},
		"cli.no-touch":         {JA: "%s に該当する変更はありません。", EN: "no change touches %s"},
		"cli.no-coming":        {JA: "把握している予定はありません。", EN: "nothing is known to be coming"},
		"cli.no-reminder":      {JA: "通知を予定しているものはありません。", EN: "nothing is known that will be told"},
		"cli.waits":            {JA: "変わったページが%s件、通知の前の再確認を待っています。%s より後に kaisei check をもう一度実行してください。", EN: "%s changed pages wait for a further look before they are told: run 'kaisei check' again after %s"},
		"cli.waits-here":       {JA: "変わったページ%s件を、通知の前に %s に再確認します。Ctrl-C で中止すると、次の check に持ち越します。", EN: "%s changed pages are looked at again at %s before they are told; Ctrl-C leaves it to the next check"},
		"cli.config-sound":     {JA: "%s: 問題ありません。状態フォルダ %s、通知先 %s、情報源 %s、AIの用途 %s", EN: "%s: sound; state in %s; channels: %s, sources: %s, uses of AI: %s"},
		"cli.config-none":      {JA: "ファイルなし（既定の設定）", EN: "no file, defaults"},
		"cli.config-law":       {JA: "%s を監視する情報源がないため、この法令を引用する文書だけが見つかります。kind が law の [[source]] を sources_files に加えると、法令そのものを監視できます。", EN: "no source watches %s, so that only texts that cite it are found; a [[source]] of kind law in sources_files watches the law itself"},
		"cli.config-unnoticed": {JA: "情報源の読み取り失敗や更新の途絶を知らせる先がありません。通知先または経路に notices = true を書いてください。", EN: "nobody is told when a source fails or goes quiet: set notices = true in a channel or a route"},
		"cli.config-untaken":   {JA: "どの経路にも該当しない変更は、すぐにはだれにも通知されません。最後に default = true の [[route]] を置くと、そこに通知されます。", EN: "changes that match no route are told to nobody at once: a last [[route]] with default = true would take them"},
		"cli.store-sound":      {JA: "%s: 異常はありません。文書 %s、版 %s、変更 %s、確認 %s、証跡 %s（%s MB、圧縮後 %s MB）、ファイル %s MB", EN: "%s is sound: %s documents, %s versions, %s changes, %s looks, %s bodies (%s MB, %s MB compressed), file %s MB"},
		"cli.bytes":            {JA: "%s: %sバイト", EN: "%s: %s bytes"},
		"cli.shrunk":           {JA: "%s: %s → %sバイト", EN: "%s: %s → %s bytes"},
		"cli.events":           {JA: "%s: 予定 %s件", EN: "%s: %s events"},
		"cli.guessed-layer":    {JA: "題名から推定した層「%s」（%s）の文書として判定しました。--layer で別の層を指定できます。", EN: "judged as a document of the layer %s (%s), a guess from its title; --layer names another"},
		"cli.nothing-aside":    {JA: "対象外とした差はありません。", EN: "nothing was set aside"},
		"cli.nothing-learned":  {JA: "%s について学習したものはありません。", EN: "nothing was learned of %s"},
		"cli.forgot":           {JA: "%s について学習したものを消しました。次の確認で、ページを改めて比べます。", EN: "forgot what was learned of %s; its next look compares the page anew"},
		"cli.took":             {JA: "%s が受け取りました: %s  %s", EN: "%s took %s  %s"},
		"cli.due-now":          {JA: "%s: すぐに送信します", EN: "%s is due now"},
		"cli.given-up":         {JA: "%s: 送信を取りやめました", EN: "%s is given up"},
		"cli.rejudged":         {JA: "規則 %[2]s で変更%[1]s件を再判定しました。相違 %[3]s件%[4]s、%[6]s %[5]s件、対象外 %[7]s件、%[8]s秒", EN: "%s changes judged again by the rules %s, %s differ%s, %s %s, %s left, %s s"},
		"cli.appended":         {JA: "追記", EN: "judgements appended"},
		"cli.would-append":     {JA: "追記の見込み", EN: "would be appended"},
		"cli.recounted":        {JA: "うち%s件は、改めて比べると差分の数が通知したときと異なります。", EN: "of %s changes a comparison made today finds another number of edits than was told"},
		"cli.counted":          {JA: "%s %s", EN: "%s %s"},
		"cli.left":             {JA: "%s はそのままにしました: %s", EN: "%s left as it is: %s"},
		"cli.as-stored":        {JA: "%s は再判定できません（%s）。保存された根拠を示します。", EN: "%s %s; these are its reasons as stored"},
		"cli.replayed":         {JA: "記録 %s件、情報源 %s（うち仮の情報源 %s）、確認 %s回（うち失敗 %s）、通知した変更 %s件、通知しなかった変更 %s件、使わなかったアドレス %s、%s秒", EN: "%s records, %s sources (%s adopted), %s looks (%s failed), %s changes told, %s kept quiet, %s addresses unused, %s s"},
		"cli.rules":            {JA: "規則 %s件。使用中の規則全体のハッシュ %s", EN: "%s rules; all in use have the hash %s"},
		"cli.rule-failures":    {JA: "誤り %s件", EN: "%s failures"},
		"cli.rules-hold":       {JA: "規則%s件は、その例文%s件のとおりに働きます（組み込みとファイル%s件）。ハッシュ %s", EN: "%s rules hold on their %s sentences (built-in and %s files); hash %s"},
		"cli.sources":          {JA: "情報源 有効 %s件、無効 %s件", EN: "%s sources enabled, %s disabled"},
		"cli.fetched":          {JA: "応答 %s %s、%sバイト、sha256 %s", EN: "%s %s, %s bytes, sha256 %s"},
	}
}
