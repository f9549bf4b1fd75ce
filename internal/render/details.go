package render

import "kaisei/internal/kaisei"

// detailTexts are the sentences that looks give as details, as their makers write them, with %s for what they fill
// in. They are found again by their English, which is what the ledger holds; see Detail.
func detailTexts() []kaisei.Text {
	var all []kaisei.Text
	for _, part := range [][]kaisei.Text{wireDetails(), answerDetails(), archiveDetails(), fileDetails(), fileNotes(), formatNames(), sourceDetails(), watchDetails()} {
		all = append(all, part...)
	}
	return all
}

// wireDetails are of connections, addresses and waiting.
func wireDetails() []kaisei.Text {
	return []kaisei.Text{
		{EN: "the URL does not parse", JA: "URLとして読めません"},
		{EN: "the URL has the scheme %s; only http and https are fetched", JA: "URLの方式が%sです。読むのは http と https だけです"},
		{EN: "the URL names no host", JA: "URLにホスト名がありません"},
		{EN: "the URL of %s holds a user name or password; take it out, sources are public", JA: "%s のURLに利用者名またはパスワードが含まれています。公開の情報源には不要のため、取り除いてください"},
		{EN: "the time ran out while %s", JA: "時間切れ（%s）"},
		{EN: "stopped while %s", JA: "中断（%s）"},
		{EN: "asking %s", JA: "%s への要求中"},
		{EN: "waiting for a turn at %s", JA: "%s への順番待ち"},
		{EN: "waiting for the gap between two requests to %s", JA: "%s への要求の間隔待ち"},
		{EN: "asking for the robots.txt of %s", JA: "%s の robots.txt の要求中"},
		{EN: "%s resolves to an address that is refused: %s", JA: "%s は、許可されていないアドレスを指しています: %s"},
		{EN: "fewer than %s came from %s in %s", JA: "%[2]s からの受信が、%[3]sの間に%[1]s未満でした"},
		{EN: "%s did not finish in time", JA: "%s からの受信が時間内に終わりませんでした"},
		{EN: "the name %s does not resolve", JA: "ホスト名 %s を解決できません"},
		{EN: "no answer for the name %s", JA: "ホスト名 %s の問合せに応答がありません"},
		{EN: "the certificate of %s does not verify", JA: "%s の証明書を検証できません"},
		{EN: "no secure connection to %s", JA: "%s と暗号化された接続ができません"},
		{EN: "%s refuses connections", JA: "%s が接続を拒否しています"},
		{EN: "%s does not answer", JA: "%s が応答しません"},
		{EN: "the headers of %s exceed %s", JA: "%s の応答のヘッダーが%sを超えています"},
		{EN: "%s closed the connection without an answer; some firewalls do so to HTTP/2, try HTTP/1.1 for the source", JA: "%s が応答せずに接続を閉じました。HTTP/2 を遮断する機器もあるため、この情報源に fetch.http1 = true を試してください"},
		{EN: "no usable answer from %s", JA: "%s から正しい応答がありません"},
		{EN: "choose a proxy: correct HTTP_PROXY, HTTPS_PROXY and NO_PROXY", JA: "プロキシーを選べません。HTTP_PROXY、HTTPS_PROXY、NO_PROXY を直してください"},
		{EN: "%s is no public name, and behind a proxy its address cannot be checked; name it in NO_PROXY to reach it directly", JA: "%s は公開のホスト名ではなく、プロキシー経由ではアドレスを確かめられません。直接つなぐときは NO_PROXY に加えてください"},
		{EN: "dial over %s", JA: "%s での接続はできません"},
		{EN: "dial %s: not an address", JA: "%s はアドレスではありません"},
		{EN: "%s is %s; public sources never need it. If it is a server of yours, list it among the allowed addresses", JA: "%s は公開のアドレスではありません（%s）。公開の情報源には不要です。自社のサーバーであれば、許可するアドレスに加えてください"},
		{EN: "not asked: %s had asked to be left alone until %s (JST); it is asked again after that", JA: "%s から %s (JST) まで待つよう求められているため、要求していません。その後に再び要求します"},
		{EN: "%s redirects to something that is no URL", JA: "%s の転送先がURLではありません"},
		{EN: "%s redirects to the scheme %s; only http and https are followed", JA: "%s の転送先の方式が%sです。たどるのは http と https だけです"},
		{EN: "%s redirects to a URL without a host", JA: "%s の転送先にホスト名がありません"},
		{EN: "%s redirects to a URL with a user name", JA: "%s の転送先に利用者名が含まれています"},
		{EN: "%s redirects to the host %s, which is not among those that the source may lead to", JA: "%s の転送先のホスト %s は、この情報源に許可されていません"},
		{EN: "%s redirects more than %s times, lastly to %s", JA: "%s の転送が%s回を超えました（最後の転送先: %s）"},
		{EN: "%s redirects in a circle, by way of %s", JA: "%s の転送が循環しています（経由: %s）"},
		{EN: "the robots.txt of %s disallows %s", JA: "%s の robots.txt が %s の取得を認めていません"},
		{EN: "robots.txt: %s", JA: "robots.txt: %s"},
		{EN: "robots.txt of %s answered %s, which by RFC 9309 disallows everything until it recovers; it is asked again in %s", JA: "%s の robots.txt が %s を返しました。RFC 9309 により、復旧するまで取得を控えます（%s後に再確認）"},
	}
}

// answerDetails are of what a server answered.
func answerDetails() []kaisei.Text {
	return []kaisei.Text{
		{EN: "%s. It said: %s", JA: "%s。相手の応答: 「%s」"},
		{EN: "%s wants a browser to solve a challenge, which kaisei does not", JA: "%s がブラウザーでの認証を求めています。kaisei は認証を解きません"},
		{EN: "%s answered 202 in place of the page, as firewalls do", JA: "%s がページの代わりに 202 を返しました（ファイアウォールによく見られる応答）"},
		{EN: "%s answered 403: a firewall or a rule against programs", JA: "%s が 403 を返しました（ファイアウォール、または自動アクセスの禁止）"},
		{EN: "%s answered 304 to a request without validators, so there are no bytes", JA: "%s が条件のない要求に 304 を返したため、内容がありません"},
		{EN: "%s answered with a part of the file that was not asked for", JA: "%s が、求めていないファイルの一部だけを返しました"},
		{EN: "%s answered without a body", JA: "%s の応答に内容がありません"},
		{EN: "%s redirects without saying where", JA: "%s の転送に転送先がありません"},
		{EN: "%s is not there", JA: "%s がありません"},
		{EN: "%s asks for fewer requests", JA: "%s が要求を減らすよう求めています"},
		{EN: "%s wants a user name and password", JA: "%s が利用者名とパスワードを求めています"},
		{EN: "%s was refused as a bad request", JA: "%s への要求が不正なものとして拒否されました"},
		{EN: "%s has trouble of its own", JA: "%s の側で障害が起きています"},
		{EN: "%s answered with an unknown status", JA: "%s が未知の状態を返しました"},
		{EN: "%s of %s bytes are missing", JA: "%[2]sバイトのうち%[1]sバイトが届いていません"},
		{EN: "the body is announced as %s", JA: "内容の大きさが%sと示されています"},
		{EN: "the body goes on", JA: "内容が続いています"},
		{EN: "%s, more than the limit of %s", JA: "%s（上限 %s）"},
		{EN: "%s of transfer unpacked to %s and more: a decompression bomb", JA: "%sの受信が%s以上に展開されました（圧縮爆弾の疑い）"},
		{EN: "the connection to %s broke after %s bytes of the body", JA: "%s との接続が、内容の%sバイト目で切れました"},
		{EN: "the compressed body from %s ends early or is damaged after %s bytes", JA: "%s からの圧縮された内容が、%sバイト目で途切れているか壊れています"},
		{EN: "the body is packed more than %s times", JA: "内容が%s回を超えて圧縮されています"},
		{EN: "the body is packed as %s, which was not asked for and cannot be read", JA: "内容が、求めていない形式（%s）で圧縮されていて読めません"},
	}
}

// archiveDetails are of archives that are replayed.
func archiveDetails() []kaisei.Text {
	return []kaisei.Text{
		{EN: "read the form for %s: %s", JA: "%s に送る内容を読めません: %s"},
		{EN: "an archive answers GET only, not %s", JA: "保存記録が答えるのは GET だけです（%s は不可）"},
		{EN: "the archive holds no answer of %s", JA: "保存記録に %s の応答がありません"},
		{EN: "the archive holds no answer of %s yet; the first is of %s", JA: "保存記録に、この時点の %s の応答がありません（最初の応答は %s）"},
		{EN: "the answer of %s at %s repeats one that the archive does not hold; add the file that does", JA: "%s の応答（%s）が参照する応答が、保存記録にありません。それを含むファイルを加えてください"},
		{EN: "%s: the record of %s at %s: %s", JA: "%s: %s の記録（%s）: %s"},
		{EN: "%s: the record of %s at %s: its body does not have the digest recorded with it (%s)", JA: "%s: %s の記録（%s）: 内容が、記録されたダイジェストと一致しません（%s）"},
		{EN: "%s: the record of %s has %s, more than the limit of %s", JA: "%s: %s の記録の大きさが%sあり、上限の%sを超えています"},
		{EN: "%s; has the file changed?", JA: "%s（ファイルが変わっていないか確かめてください）"},
		{EN: "%s of its %s bytes can be read; has the file changed?", JA: "%[2]sバイトのうち%[1]sバイトしか読めません（ファイルが変わっていないか確かめてください）"},
		{EN: "its bytes do not have the digest recorded with them (%s)", JA: "データが、記録されたダイジェストと一致しません（%s）"},
	}
}

// fileDetails are of files that cannot be read.
func fileDetails() []kaisei.Text {
	return []kaisei.Text{
		{EN: "the file has no bytes; open it in a browser to see whether the site is at fault", JA: "ファイルが空です。ブラウザーで開き、サイト側の問題か確かめてください"},
		{EN: "the %s file was read and holds no text; open it to see what it shows", JA: "%sのファイルに文字がありません。開いて内容を確かめてください"},
		{EN: "expected %s, but the content is %s; the site may have answered with an error page, or the source's format is set wrongly", JA: "想定した形式は%sですが、内容は%sです。サイトがエラー画面を返したか、情報源の形式の設定が誤っています"},
		{EN: "the file could not be read; it may be damaged or cut off; open it by hand", JA: "ファイルを読めません。壊れているか、途中で切れています。手で開いて確かめてください"},
		{EN: "the file is %s, which is not read; %s", JA: "ファイルは%sで、読めません。%s"},
		{EN: "see whether the publisher offers the same document as PDF, Word (.docx) or HTML, and follow that link instead", JA: "同じ文書の PDF、Word（.docx）または HTML があれば、そのリンクをたどってください"},
		{EN: "its words cannot be read; follow a link to the document itself instead, or watch the page that shows it", JA: "文字を読み取れません。文書そのものへのリンクか、それを載せたページを監視してください"},
		{EN: "leave the link out of the source", JA: "情報源からこのリンクを除いてください"},
		{EN: "only ZIP archives are read; see whether the publisher offers the documents one by one", JA: "読める書庫は ZIP だけです。文書ごとの掲載がないか確かめてください"},
		{EN: "only e-Gov law XML, RSS and Atom are read", JA: "読める XML は e-Gov の法令、RSS、Atom だけです"},
		{EN: "the file is an Office document protected by a password; ask the publisher for the password or for another format", JA: "パスワードで保護された Office 文書です。掲載元にパスワードか別の形式を求めてください"},
		{EN: "%s of %s bytes is larger than the limit of %s bytes; look at the file by hand, or let the source lead to a smaller one", JA: "%s（%sバイト）が上限の%sバイトを超えています。手で確かめるか、より小さなファイルを監視してください"},
		{EN: "%s; nothing was read of it; look at the file by hand", JA: "%s。何も読み取っていません。手で確かめてください"},
		{EN: "the %s file has %s blocks of text, the limit is %s", JA: "%sのファイルの文のまとまりが%s件あります（上限 %s件）"},
		{EN: "the %s file has a block of %s bytes, the limit is %s", JA: "%sのファイルに%sバイトの文のまとまりがあります（上限 %sバイト）"},
		{EN: "the %s file has %s bytes of text, the limit is %s", JA: "%sのファイルの本文が%sバイトあります（上限 %sバイト）"},
		{EN: "the CSV file has more than %s rows", JA: "CSVファイルの行が%sを超えています"},
		{EN: "the CSV file has more than %s columns", JA: "CSVファイルの列が%sを超えています"},
		{EN: "the Word file has no document in it; it is damaged", JA: "Wordファイルに文書がなく、壊れています"},
		{EN: "the feed could not be read (%s); it is damaged", JA: "フィードを読めません（%s）。壊れています"},
		{EN: "the feed does not parse; it may be cut off, or an error page", JA: "フィードとして読めません。途中で切れているか、エラー画面です"},
		{EN: "nothing was left of the page (%s); check select and remove of the source", JA: "ページに読むものが残りませんでした（%s）。情報源の select と remove を確かめてください"},
		{EN: "the page holds no readable text; open it in a browser, and name its content with select if there is any", JA: "ページに読める文字がありません。ブラウザーで開き、内容があれば select で指定してください"},
		{EN: "the page is a set of frames; let the source lead to the frame that holds the text", JA: "フレームで作られたページです。本文のあるフレームを監視してください"},
		{EN: "the page only leads on to another one; let the source lead there", JA: "別のページへの転送だけのページです。転送先を監視してください"},
		{EN: "the page is filled in by a script and holds no text of its own; look for a feed, an API or a PDF of the same content", JA: "スクリプトで表示されるページで、本文がありません。同じ内容のフィード、API または PDF を探してください"},
		{EN: "an element of the page has more than %s attributes", JA: "ページの要素の属性が%sを超えています"},
		{EN: "the page has more than %s elements", JA: "ページの要素が%sを超えています"},
		{EN: "the CSS selector %s does not parse; correct select or remove of the source", JA: "CSSセレクター %s を読めません。情報源の select または remove を直してください"},
		{EN: "the JSON nests more than %s deep", JA: "JSONの入れ子が%s段を超えています"},
		{EN: "the law API answered with code %s and no law: %s; check the law ID", JA: "法令APIがコード %s を返し、法令がありません: %s。法令IDを確かめてください"},
		{EN: "the XML (<%s>) holds no law; check the law ID and the address", JA: "XML（<%s>）に法令がありません。法令IDとアドレスを確かめてください"},
		{EN: "the file is a PDF and no PDF reader is set up here", JA: "PDFですが、この環境にはPDFの読取り器がありません"},
		{EN: "the PowerPoint file has no presentation in it; it is damaged", JA: "PowerPointファイルにスライドがなく、壊れています"},
		{EN: "the %s slides hold no text (%s pictures); ask the publisher for a file with text", JA: "スライド%s枚に文字がありません（画像 %s点）。掲載元に文字情報のあるファイルを求めてください"},
		{EN: "slide %s is missing from the PowerPoint file; it is damaged", JA: "PowerPointファイルのスライド%sがなく、壊れています"},
		{EN: "the file is an Excel file of the binary format (.xlsb), which is not read; see whether the publisher offers .xlsx, CSV or PDF", JA: "Excelのバイナリ形式（.xlsb）は読めません。.xlsx、CSV または PDF の掲載がないか確かめてください"},
		{EN: "the Excel file could not be read (%s); it is damaged", JA: "Excelファイルを読めません（%s）。壊れています"},
		{EN: "no visible sheet of the Excel file has a filled cell", JA: "Excelファイルの表示されるシートに、入力されたセルがありません"},
		{EN: "the Excel file has more than %s rows, most of them empty", JA: "Excelファイルの行が%sを超えています（多くは空行）"},
		{EN: "sheet %s has more than %s columns", JA: "シート%sの列が%sを超えています"},
		{EN: "sheet %s has more than %s rows", JA: "シート%sの行が%sを超えています"},
		{EN: "the XML declares entities of its own, which no law or Office file does; it is not expanded and not read", JA: "XMLが独自の実体を宣言しています。法令や Office 文書では使われないため、展開せず、読みません"},
		{EN: "the XML has more than %s elements", JA: "XMLの要素が%sを超えています"},
		{EN: "the XML nests its elements more than %s deep", JA: "XMLの要素の入れ子が%s段を超えています"},
		{EN: "the XML closes <%s> where <%s> is open; it may be cut off or damaged", JA: "XMLで <%[2]s> の中に </%[1]s> があります。途中で切れているか、壊れています"},
		{EN: "the XML ends inside <%s>; it is cut off", JA: "XMLが <%s> の中で途切れています"},
		{EN: "the XML has no element", JA: "XMLに要素がありません"},
		{EN: "the ZIP file holds ZIP files more than %s deep", JA: "ZIPファイルの入れ子が%s段を超えています"},
		{EN: "the ZIP file has more than %s blocks of text", JA: "ZIPファイルの文のまとまりが%s件を超えています"},
		{EN: "nothing in the ZIP file could be read: %s", JA: "ZIPファイルの中に読めるものがありません: %s"},
		{EN: "%s in the ZIP file: %s", JA: "ZIPファイル内の %s: %s"},
		{EN: "the ZIP or Office file has no directory; it is cut off or damaged", JA: "ZIPまたは Office のファイルに目録がありません。途中で切れているか、壊れています"},
		{EN: "the ZIP file has %s entries, the limit is %s", JA: "ZIPファイルの項目が%s件あります（上限 %s件）"},
		{EN: "the ZIP file unpacks to more than %s bytes", JA: "ZIPファイルの展開後の大きさが%sバイトを超えています"},
		{EN: "an entry of the ZIP file unpacks to more than %s times its size", JA: "ZIPファイルの項目が%s倍を超えて展開されます"},
		{EN: "an entry of the ZIP file unpacks to more than %s bytes", JA: "ZIPファイルの項目の展開後の大きさが%sバイトを超えています"},
		{EN: "an entry of the ZIP file is cut off or damaged", JA: "ZIPファイルの項目が途中で切れているか、壊れています"},
		{EN: "the ZIP file is protected by a password", JA: "ZIPファイルがパスワードで保護されています"},
		{EN: "the document has no pages", JA: "文書にページがありません"},
		{EN: "%s pages, over the limit of %s", JA: "%sページあり、上限の%sページを超えています"},
		{EN: "the document opens only with a password; ask the publisher for an open copy", JA: "開くにはパスワードが必要です。掲載元に制限のない文書を求めてください"},
		{EN: "%s: %s; fetch it again", JA: "%s: %s。もう一度取得してください"},
		{EN: "%s: the reader stopped, at its memory limit or on damaged content: %s", JA: "%s: 読取り器が止まりました（メモリの上限、または壊れた内容）: %s"},
		{EN: "page %s of %s: %s", JA: "%[2]sページ中の%[1]sページ目: %[3]s"},
		{EN: "page %s of %s", JA: "%[2]sページ中の%[1]sページ目"},
		{EN: "%s bytes, over the limit of %s for a PDF", JA: "%sバイトあり、PDFの上限の%sバイトを超えています"},
		{EN: "%s bytes without the header of a PDF", JA: "%sバイトの内容に、PDFの先頭の印がありません"},
		{EN: "the document took more than %s of processor time", JA: "文書の読み取りが処理時間の上限（%s）を超えました"},
		{EN: "the document ended the reading process: %s", JA: "文書の読み取り中に読取り器が終了しました: %s"},
		{EN: "the reading process does not start; check that the executable can start itself: %s", JA: "読取り器を起動できません。kaisei が自身を起動できるか確かめてください: %s"},
		{EN: "reading was stopped", JA: "読み取りを中断しました"},
		{EN: "the document was not read within %s", JA: "文書を%s以内に読めませんでした"},
		{EN: "%s; read it by eye, or ask the publisher for a copy with text", JA: "%s。人が読むか、掲載元に文字情報のある文書を求めてください"},
		{EN: "no Japanese text on %s pages", JA: "%sページに日本語の文字がありません"},
		{EN: "no text on %s of %s pages", JA: "%[2]sページ中%[1]sページに文字がありません"},
		{EN: "images without text: page %s", JA: "画像だけのページ: %s"},
		{EN: "%s characters that the file does not name", JA: "文字コードの分からない文字 %s字"},
	}
}

// fileNotes are what a reader remarks of a file that it read.
func fileNotes() []kaisei.Text {
	return []kaisei.Text{
		{EN: "set aside: %s", JA: "対象外: %s"},
		{EN: "table of contents of the page", JA: "ページの目次"},
		{EN: "hidden slide %s", JA: "非表示のスライド%s"},
		{EN: "hidden sheet %s", JA: "非表示のシート「%s」"},
		{EN: "the properties at the beginning of the Markdown file", JA: "Markdownファイルの冒頭の属性"},
		{EN: "select matched nothing on the page (%s); its main content was found without it", JA: "select（%s）に当たる部分がページにないため、本文を自動で選びました"},
		{EN: "tracked changes resolved to the final text (insertions: %s, deletions: %s)", JA: "変更履歴を反映した最終の文で読みました（挿入 %s、削除 %s）"},
		{EN: "a document embedded in the Word file was not read", JA: "Wordファイルに埋め込まれた文書は読んでいません"},
		{EN: "a chart on slide %s was not read", JA: "スライド%sの図表は読んでいません"},
		{EN: "%s in the ZIP file is empty", JA: "ZIPファイル内の %s は空です"},
		{EN: "%s in the ZIP file was not read: %s", JA: "ZIPファイル内の %s は読んでいません: %s"},
		{EN: "1 hidden run of text left out", JA: "隠し文字を1か所除外"},
		{EN: "%s hidden runs of text left out", JA: "隠し文字を%sか所除外"},
		{EN: "1 time stamp of the API left out", JA: "APIの時刻を1件除外"},
		{EN: "%s time stamps of the API left out", JA: "APIの時刻を%s件除外"},
		{EN: "1 hidden provision of the law left out", JA: "法令の非表示の規定を1件除外"},
		{EN: "%s hidden provisions of the law left out", JA: "法令の非表示の規定を%s件除外"},
		{EN: "1 figure of the law, which has no text", JA: "文字のない法令の図 1点"},
		{EN: "%s figures of the law, which have no text", JA: "文字のない法令の図 %s点"},
		{EN: "1 picture on the slides, whose words cannot be read", JA: "文字を読めないスライドの画像 1点"},
		{EN: "%s pictures on the slides, whose words cannot be read", JA: "文字を読めないスライドの画像 %s点"},
		{EN: "%s more notes", JA: "ほか%s件"},
		{EN: "and %s more notes", JA: "ほか%s件"},
	}
}

// formatNames are the kinds of file that details name.
func formatNames() []kaisei.Text {
	return []kaisei.Text{
		{EN: "a Word file of the old binary format (.doc)", JA: "旧形式のWordファイル（.doc）"},
		{EN: "an Excel file of the old binary format (.xls)", JA: "旧形式のExcelファイル（.xls）"},
		{EN: "a PowerPoint file of the old binary format (.ppt)", JA: "旧形式のPowerPointファイル（.ppt）"},
		{EN: "an Ichitaro file (一太郎, .jtd)", JA: "一太郎のファイル（.jtd）"},
		{EN: "an OLE2 compound file of an unknown kind", JA: "種類の分からないOLE2ファイル"},
		{EN: "a Rich Text file (.rtf)", JA: "リッチテキストファイル（.rtf）"},
		{EN: "an OpenDocument file", JA: "OpenDocumentのファイル"},
		{EN: "an EPUB book", JA: "EPUBの電子書籍"},
		{EN: "an image", JA: "画像"},
		{EN: "sound or video", JA: "音声または動画"},
		{EN: "a compressed archive other than ZIP", JA: "ZIP以外の書庫"},
		{EN: "XML that is neither a law nor a feed", JA: "法令でもフィードでもないXML"},
		{EN: "binary data of an unknown kind", JA: "種類の分からないデータ"},
		{EN: "a CSV file", JA: "CSVファイル"},
		{EN: "a feed", JA: "フィード"},
		{EN: "an HTML page", JA: "HTMLのページ"},
		{EN: "a JSON document", JA: "JSONの文書"},
		{EN: "a text", JA: "テキスト"},
		{EN: "an XML document", JA: "XMLの文書"},
		{EN: "a ZIP or Office file", JA: "ZIPまたは Office のファイル"},
		{EN: "an address of one link", JA: "同一リンク内だけのアドレス"},
		{EN: "outside the public IPv6 range 2000::/3", JA: "公開のIPv6の範囲 2000::/3 の外"},
	}
}

// sourceDetails are of listings and feeds.
func sourceDetails() []kaisei.Text {
	return []kaisei.Text{
		{EN: "the feed has no usable URL", JA: "フィードのURLが使えません"},
		{EN: "the feed %s has no items with a title or link; the site may have retired it", JA: "フィード%sに、題名かリンクのある項目がありません。サイトが提供を終えた可能性があります"},
		{EN: "%s answered with no bytes", JA: "%s の応答が空です"},
		{EN: "a feed of %s bytes; %s are read", JA: "フィードが%sバイトあります（読むのは%sバイトまで）"},
		{EN: "a page of %s bytes; %s are read", JA: "ページが%sバイトあります（読むのは%sバイトまで）"},
		{EN: "a list of revisions of %s bytes; %s are read", JA: "改正履歴の一覧が%sバイトあります（読むのは%sバイトまで）"},
		{EN: "the feed does not decode; set charset in the catalogue if the site no longer says what it uses", JA: "フィードの文字コードを読み解けません。サイトが示さなくなったときは、情報源一覧の charset で指定してください"},
		{EN: "the page does not decode; set charset in the catalogue if the site no longer says what it uses", JA: "ページの文字コードを読み解けません。サイトが示さなくなったときは、情報源一覧の charset で指定してください"},
		{EN: "%s answered an HTML page instead of a feed; the feed may have moved, or a firewall answers in its place", JA: "%s がフィードではなくHTMLのページを返しました。フィードの移転か、ファイアウォールの応答と見られます"},
		{EN: "the feed does not parse; it may be cut short", JA: "フィードとして読めません。途中で切れている可能性があります"},
		{EN: "the page, decoded as %s, is not HTML", JA: "ページ（文字コード %s）がHTMLではありません"},
		{EN: "the page has no usable URL", JA: "ページのURLが使えません"},
		{EN: "none of the selectors (%s) matches the page; the site may have a new template, see select in the catalogue", JA: "セレクター（%s）に当たる部分がページにありません。サイトの作りが変わったときは、情報源一覧の select を直してください"},
		{EN: "%s is %s and not an HTML page; see url and kind in the catalogue", JA: "%s は %s で、HTMLのページではありません。情報源一覧の url と kind を確かめてください"},
		{EN: "a follow rule of %s", JA: "%s の follow の指定に誤りがあります"},
		{EN: "none of the %s links of the page %s matches a follow rule; the site may have a new form, see select and follow in the catalogue", JA: "ページ%[2]sの%[1]s件のリンクに、follow の指定に合うものがありません。サイトの作りが変わったときは、情報源一覧の select と follow を直してください"},
		{EN: "source %s has the unknown kind %s", JA: "情報源 %s の kind（%s）は使えません"},
		{EN: "%s answered a page instead of JSON; the law API may be under maintenance", JA: "%s がJSONではなくページを返しました。法令APIの保守中と見られます"},
		{EN: "the list of revisions does not parse; it may be cut short", JA: "改正履歴の一覧を読めません。途中で切れている可能性があります"},
		{EN: "the law %s has no revisions", JA: "法令 %s の改正履歴がありません"},
		{EN: "the law API knows no law %s (%s); check law in the catalogue", JA: "法令APIに法令 %s がありません（%s）。情報源一覧の law を確かめてください"},
		{EN: "the law API answered %s %s", JA: "法令APIの応答: %s %s"},
	}
}

// watchDetails are of what was seen while watching.
func watchDetails() []kaisei.Text {
	return []kaisei.Text{
		{EN: "read back for %s: %s items that it had not shown", JA: "%s のために読み戻し: 載っていなかった項目 %s件"},
		{EN: "reading panicked: %s; please report this with the page", JA: "読み取り中に内部の誤りが起きました: %s。ページとともに報告してください"},
		{EN: "the page offers %s links; only the first %s are followed: narrow its follow rules", JA: "ページにリンクが%s件あり、たどるのは先頭の%s件だけです。follow の指定を狭めてください"},
		{EN: "%s items, %s about the subject", JA: "項目 %s件、うち対象の主題 %s件"},
		{EN: "%s addresses were left for the next look: one look makes %s requests at most, %s of them for new addresses", JA: "%s件のアドレスを次の確認に回しました（1回の要求は%s件まで、うち新しいアドレスは%s件まで）"},
		{EN: "%s addresses were left for the next look: %s asked to be left alone", JA: "%s件のアドレスを次の確認に回しました（待つよう求めているホスト: %s）"},
		{EN: "%s of %s addresses could not be read; first %s: %s", JA: "%[2]s件のアドレスのうち%[1]s件を読めません。最初の失敗 %[3]s: %[4]s"},
		{EN: "the feed asks for at most one look in %s", JA: "フィードの指定する確認の間隔: %s以上"},
		{EN: "the feed asks for at most one look in %s, of which %s are kept", JA: "フィードの指定する確認の間隔: %s以上（守るのは%sまで）"},
		{EN: "set aside by %s: 「%s」→「%s」%s", JA: "対象外とした差（規則 %s）: 「%s」→「%s」%s"},
		{EN: " and %s more", JA: "ほか%s件"},
		{EN: "set aside by %s: 「%s」→「%s」", JA: "対象外とした差（規則 %s）: 「%s」→「%s」"},
		{EN: "…%s", JA: "…%s"},
		{EN: "the address of a %s file answered a web page; open it in a browser: it may have been moved or put behind a wall", JA: "%sファイルのアドレスがウェブページを返しました。移転か閲覧制限の可能性があるため、ブラウザーで確かめてください"},
		{EN: "the page differs from the latest version", JA: "最新の版と異なります"},
		{EN: "the page differs from the latest version%s", JA: "最新の版と異なります%s"},
		{EN: "the page differs in %s places from the latest version, first %s", JA: "最新の版と%sか所で異なります。最初の差: %s"},
		{EN: "what the look of %s (JST) showed is gone; it was not told, and its bytes %s are kept for a while", JA: "%s (JST) の確認で見えた内容は消えました。通知はしておらず、データ %s をしばらく保存します"},
		{EN: "nothing in the older half of the feed was there at the look of %s, so that items may have come and gone unseen", JA: "フィードの古い側に、%s の確認のときにあった項目が一つもなく、見ていない項目があるおそれがあります"},
		{EN: "nothing in the older half of the feed was there at the look of %s, so that items may have come and gone unseen: %s", JA: "フィードの古い側に、%s の確認のときにあった項目が一つもなく、見ていない項目があるおそれがあります: %s"},
		{EN: "the catalogue names no listing from which to read back", JA: "情報源一覧に、読み戻すための一覧の指定がありません"},
		{EN: "%s shows them too", JA: "%s にも載っています"},
		{EN: "%s were read back from %s", JA: "%[2]s から%[1]s件を読み戻しました"},
		{EN: "%s could not be read: %s", JA: "%s を読めません: %s"},
		{EN: "disabled in the configuration", JA: "設定で無効"},
		{EN: "added 「%s」→「%s」%s", JA: "追加 「%s」→「%s」%s"}, {EN: "added 「%s」→「%s」", JA: "追加 「%s」→「%s」"},
		{EN: "removed 「%s」→「%s」%s", JA: "削除 「%s」→「%s」%s"}, {EN: "removed 「%s」→「%s」", JA: "削除 「%s」→「%s」"},
		{EN: "changed 「%s」→「%s」%s", JA: "改正 「%s」→「%s」%s"}, {EN: "changed 「%s」→「%s」", JA: "改正 「%s」→「%s」"},
		{EN: "moved 「%s」→「%s」%s", JA: "移動 「%s」→「%s」%s"}, {EN: "moved 「%s」→「%s」", JA: "移動 「%s」→「%s」"},
		{EN: "renumbered 「%s」→「%s」%s", JA: "番号変更 「%s」→「%s」%s"}, {EN: "renumbered 「%s」→「%s」", JA: "番号変更 「%s」→「%s」"},
	}
}
