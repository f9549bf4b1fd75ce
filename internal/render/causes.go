package render

import "kaisei/internal/kaisei"

// CauseName returns the name of the cause of a failed or doubted look.
func CauseName[L spoken](c kaisei.Cause, lang L) string { return nameOf(lang, "cause", string(c)) }

// Remedy says what an operator can do about looks that fail or are doubted for a cause, in whole
// sentences, or "" for a cause that the catalogue does not know.
func Remedy[L spoken](c kaisei.Cause, lang L) string {
	if !c.Known() {
		return ""
	}
	return nameOf(lang, "remedy", string(c))
}

// causeTexts are what people are told of a cause.
type causeTexts struct{ name, remedy kaisei.Text }

// causeTable holds the name and the remedy of every cause; a test sees to it that none lacks either.
func causeTable() map[kaisei.Cause]causeTexts {
	return map[kaisei.Cause]causeTexts{
		kaisei.CauseDNS: {
			name: kaisei.Text{JA: "ホスト名を解決できない", EN: "host name does not resolve"},
			remedy: kaisei.Text{
				JA: "多くの情報源で起きているときは、このコンピューターの名前解決（DNS）を確かめてください。一つだけのときは、サイトが移転していないか確かめ、情報源一覧の url を直してください。",
				EN: "Where many sources are hit, check name resolution (DNS) on this machine. Where it is one, see whether the site has moved and correct url in the catalogue.",
			},
		},
		kaisei.CauseRefused: {
			name: kaisei.Text{JA: "接続を拒否された", EN: "connection refused"},
			remedy: kaisei.Text{
				JA: "サイトが停止しているか、手元のファイアウォールが接続を止めています。ブラウザーで開けるなら、手元の通信の制限を確かめてください。",
				EN: "The site is down, or a firewall on your side forbids the connection. If a browser opens it, check what this machine may reach.",
			},
		},
		kaisei.CauseNetwork: {
			name: kaisei.Text{JA: "通信の障害", EN: "network trouble"},
			remedy: kaisei.Text{
				JA: "次の確認で自動的に再試行します。続くときは、回線とプロキシーの設定を確かめ、その情報源だけなら fetch.http1 = true を試してください。",
				EN: "It is tried again at the next look. If it lasts, check the line and the proxy setting; where only this source is hit, try fetch.http1 = true.",
			},
		},
		kaisei.CauseTLS: {
			name: kaisei.Text{JA: "証明書またはTLSの問題", EN: "certificate or TLS trouble"},
			remedy: kaisei.Text{
				JA: "このコンピューターの時計とルート証明書を確かめてください。正しければ、サイトの証明書が切れています。検証を省くことはできません。",
				EN: "Check the clock and the root certificates of this machine. If they are right, the site's certificate is at fault. Verification cannot be switched off.",
			},
		},
		kaisei.CauseTimeout: {
			name: kaisei.Text{JA: "時間切れ", EN: "timed out"},
			remedy: kaisei.Text{
				JA: "次の確認で自動的に再試行します。いつも遅いサイトでは fetch.timeout を延ばしてください。クラウドからの接続に応答しない府省もあります。",
				EN: "It is tried again at the next look. Where the site is always slow, raise fetch.timeout. Some ministries do not answer connections from clouds.",
			},
		},
		kaisei.CauseRedirect: {
			name: kaisei.Text{JA: "転送先が不正", EN: "redirect to nothing usable"},
			remedy: kaisei.Text{
				JA: "ブラウザーで開き、行き着いた先のアドレスを情報源一覧の url に書いてください。",
				EN: "Open it in a browser and put the address where it ends into url in the catalogue.",
			},
		},
		kaisei.CauseRedirectLoop: {
			name: kaisei.Text{JA: "転送の循環", EN: "redirects in a circle"},
			remedy: kaisei.Text{
				JA: "サイト側の設定の誤りか、ブラウザーだけを通す仕組みです。ブラウザーで開けるときは、行き着いた先のアドレスを情報源一覧の url に書いてください。",
				EN: "The site is set up wrongly, or lets browsers pass only. If a browser opens it, put the address where it ends into url in the catalogue.",
			},
		},
		kaisei.CauseRedirectAway: {
			name: kaisei.Text{JA: "許可されていないホストへの転送", EN: "redirect to a host not allowed"},
			remedy: kaisei.Text{
				JA: "移転先として正しいときは、情報源一覧の url を新しいアドレスに直すか、fetch.hosts にそのホストを加えてください。心当たりがなければ、そのままにしてください。",
				EN: "If the site has moved there, correct url in the catalogue or add the host to fetch.hosts. If you do not know the host, leave it.",
			},
		},
		kaisei.CauseForbidden: {
			name: kaisei.Text{JA: "許可されていない宛先", EN: "address not allowed"},
			remedy: kaisei.Text{
				JA: "公開の情報源に、内部のアドレスは要りません。自社のサーバーを読むときは、設定の fetch.allow_private にそのアドレスを加えてください。それ以外は情報源一覧の url を直してください。",
				EN: "Public sources need no inside address. To read a server of yours, add its address to fetch.allow_private in the configuration; else correct url in the catalogue.",
			},
		},
		kaisei.CauseRobots: {
			name: kaisei.Text{JA: "robots.txt による拒否", EN: "disallowed by robots.txt"},
			remedy: kaisei.Text{
				JA: "kaisei は robots.txt に従います。同じ知らせが載る別のページ（新着情報、RSS、e-Gov）に url を替えるか、サイトに許可を求めてください。",
				EN: "kaisei obeys robots.txt. Use another page with the same news (what's new, RSS, e-Gov) as url, or ask the site for permission.",
			},
		},
		kaisei.CauseBotWall: {
			name: kaisei.Text{JA: "自動アクセスの遮断", EN: "blocked as a robot"},
			remedy: kaisei.Text{
				JA: "間隔（fetch.min_gap）を広げ、fetch.browser_like と fetch.http1 を試してください。続くときは、同じ知らせが載る別のページを加えてください。認証を解くことはしません。",
				EN: "Widen the gap (fetch.min_gap) and try fetch.browser_like and fetch.http1. If it lasts, add another page with the same news. Challenges are not solved.",
			},
		},
		kaisei.CauseNotFound: {
			name: kaisei.Text{JA: "ページがない", EN: "page not found"},
			remedy: kaisei.Text{
				JA: "一度も読めていないアドレスです。ブラウザーで開けなければ、情報源一覧の url を直してください。開けるなら fetch.browser_like を試してください。",
				EN: "The address was never read. If a browser does not find it either, correct url in the catalogue; if it does, try fetch.browser_like.",
			},
		},
		kaisei.CauseVanished: {
			name: kaisei.Text{JA: "以前読めたページがなくなった", EN: "page gone that was there before"},
			remedy: kaisei.Text{
				JA: "掲載の終了か移転です。掲載の終了は、日を置いて確かめた上で知らせます。移転したときは、情報源一覧の url を新しいアドレスに直してください。前の版は保たれています。",
				EN: "It was withdrawn or has moved. A withdrawal is told once it has lasted for days. If it moved, correct url in the catalogue. The last version is kept.",
			},
		},
		kaisei.CauseClient: {
			name: kaisei.Text{JA: "要求を拒否された（4xx）", EN: "request refused (4xx)"},
			remedy: kaisei.Text{
				JA: "ブラウザーで開いて確かめ、情報源一覧の url を直してください。プロキシーを使っているときは、その設定も確かめてください。",
				EN: "Open it in a browser and correct url in the catalogue. Behind a proxy, check its setting too.",
			},
		},
		kaisei.CauseServer: {
			name: kaisei.Text{JA: "相手サーバーの障害（5xx）", EN: "server trouble (5xx)"},
			remedy: kaisei.Text{
				JA: "サイト側の障害です。自動的に再試行します。何日も続くときは、ブラウザーで確かめてください。",
				EN: "The trouble is the site's. It is tried again by itself. If it lasts for days, look at it in a browser.",
			},
		},
		kaisei.CauseTooMany: {
			name: kaisei.Text{JA: "要求が多すぎるとの応答（429）", EN: "too many requests (429)"},
			remedy: kaisei.Text{
				JA: "そのホストの情報源の間隔（fetch.min_gap）を広げるか、schedule を減らしてください。",
				EN: "Widen the gap (fetch.min_gap) of the host's sources, or look less often (schedule).",
			},
		},
		kaisei.CauseTruncated: {
			name: kaisei.Text{JA: "途中で切れた応答", EN: "answer cut short"},
			remedy: kaisei.Text{
				JA: "次の確認で自動的に再試行します。続くときは、途中のプロキシーを疑い、fetch.http1 = true を試してください。切れた内容は版にしません。",
				EN: "It is tried again at the next look. If it lasts, suspect a proxy on the way and try fetch.http1 = true. What is cut short never becomes a version.",
			},
		},
		kaisei.CauseTooLarge: {
			name: kaisei.Text{JA: "大きさの上限を超過", EN: "too large"},
			remedy: kaisei.Text{
				JA: "監視する文書として正しい大きさか確かめてください。大きすぎる一覧やフィードは、より狭いページに替えてください。",
				EN: "See whether a document worth watching is so large. Replace a list or feed that is too large by a narrower page.",
			},
		},
		kaisei.CauseWrongType: {
			name: kaisei.Text{JA: "想定外の形式", EN: "unexpected kind of file"},
			remedy: kaisei.Text{
				JA: "ブラウザーで開いて確かめてください。エラー画面なら待ちます。文書が別の形式や場所に移ったときは、情報源一覧の url または kind を直してください。",
				EN: "Open it in a browser. If it shows an error page, wait. If the document has moved or changed its form, correct url or kind in the catalogue.",
			},
		},
		kaisei.CauseDecode: {
			name: kaisei.Text{JA: "読み解けない内容", EN: "content does not decode"},
			remedy: kaisei.Text{
				JA: "ブラウザーで開いて確かめてください。文字化けするときは、情報源一覧の charset に文字コード（shift_jis など）を書いてください。壊れたファイルなら、直るのを待ちます。",
				EN: "Open it in a browser. If characters are garbled, set charset (shift_jis …) in the catalogue. If the file is damaged, wait until it is put right.",
			},
		},
		kaisei.CauseEncrypted: {
			name: kaisei.Text{JA: "パスワードが必要", EN: "needs a password"},
			remedy: kaisei.Text{
				JA: "パスワードのかかったファイルは読めません。掲載元に別の形式を求めるか、人が読んでください。",
				EN: "Files with a password are not read. Ask the publisher for another form, or read it by eye.",
			},
		},
		kaisei.CauseEmpty: {
			name: kaisei.Text{JA: "内容が空", EN: "nothing to read"},
			remedy: kaisei.Text{
				JA: "ブラウザーで開いて確かめてください。JavaScript だけで表示するページは読めません。RSS など、別のページを url にしてください。",
				EN: "Open it in a browser. Pages that only JavaScript fills cannot be read; use another page, such as an RSS feed, as url.",
			},
		},
		kaisei.CauseNoSelection: {
			name: kaisei.Text{JA: "選択した部分が見つからない", EN: "selection matches nothing"},
			remedy: kaisei.Text{
				JA: "サイトの作りが変わったようです。情報源一覧の select と follow を新しい作りに合わせてください。前の版は保たれています。",
				EN: "The site seems to have a new template. Fit select and follow in the catalogue to it. The last version is kept.",
			},
		},
		kaisei.CauseNoText: {
			name: kaisei.Text{JA: "文字情報のないページ", EN: "pages without text"},
			remedy: kaisei.Text{
				JA: "画像だけの文書です。人が読むか、掲載元に文字情報のある文書を求めてください。",
				EN: "The document is pictures only. Read it by eye, or ask the publisher for one with text.",
			},
		},
		kaisei.CauseLimit: {
			name: kaisei.Text{JA: "読み取りの上限に到達", EN: "limit of the reader reached"},
			remedy: kaisei.Text{
				JA: "一度に読む量には上限があります。残りは次の確認で読みます。続くときは、情報源一覧の follow を狭めてください。",
				EN: "One look reads a bounded amount; the rest follows at the next look. If it lasts, narrow follow in the catalogue.",
			},
		},
		kaisei.CauseNotArchived: {
			name: kaisei.Text{JA: "保存記録にない", EN: "not in the archive"},
			remedy: kaisei.Text{
				JA: "再生中の保存記録に、この時点の応答がありません。対処は要りません。",
				EN: "The archive being replayed holds no answer for this time. There is nothing to do.",
			},
		},
		kaisei.CauseInternal: {
			name: kaisei.Text{JA: "内部の誤り", EN: "internal error"},
			remedy: kaisei.Text{
				JA: "kaisei の不具合か、設定の誤りです。詳細とともに報告してください。",
				EN: "A fault of kaisei or of its configuration. Please report it with the detail.",
			},
		},
		kaisei.CauseUnconfirmed: {
			name: kaisei.Text{JA: "再確認待ちの変更", EN: "change not confirmed yet"},
			remedy: kaisei.Text{
				JA: "ページがその場で変わりました。少し後の再確認で同じ内容なら通知します。対処は要りません。",
				EN: "The page changed in place. It is told if a further look a little later shows the same. There is nothing to do.",
			},
		},
		kaisei.CauseImplausible: {
			name: kaisei.Text{JA: "不自然な内容", EN: "implausible content"},
			remedy: kaisei.Text{
				JA: "前の内容と全く違うため、同じ内容がもう一度読めるまで版にしません。ブラウザーで確かめ、正しければ kaisei check --believe で読み取ってください。",
				EN: "The content has nothing in common with the last one and becomes no version until a second look finds it again. Look at it in a browser; if it is right, run kaisei check --believe.",
			},
		},
		kaisei.CauseStandIn: {
			name: kaisei.Text{JA: "別の画面（メンテナンス、エラーなど）", EN: "another page in its place (maintenance, error)"},
			remedy: kaisei.Text{
				JA: "サイトが直るのを待ちます。この画面は版にしません。本来の内容であるときは、kaisei check --believe で読み取ってください。",
				EN: "The site is expected to come back; this page never becomes a version. If it is what the source really says, run kaisei check --believe.",
			},
		},
		kaisei.CauseHomePage: {
			name: kaisei.Text{JA: "トップページへの転送", EN: "redirect to the top page"},
			remedy: kaisei.Text{
				JA: "ページが移転または廃止されたようです。サイトで移転先を探し、情報源一覧の url を直してください。前の版は保たれています。",
				EN: "The page seems to have moved or been given up. Find where it moved and correct url in the catalogue. The last version is kept.",
			},
		},
		kaisei.CauseLogin: {
			name: kaisei.Text{JA: "ログイン画面", EN: "login page"},
			remedy: kaisei.Text{
				JA: "公開のページだけを読みます。ブラウザーで開けるときはアドレスを確かめて情報源一覧の url を直し、公開をやめた情報源は disabled にしてください。",
				EN: "Only public pages are read. If a browser shows the page, correct url in the catalogue; if it is public no more, disable the source.",
			},
		},
		kaisei.CauseCollapsed: {
			name: kaisei.Text{JA: "急な縮小", EN: "collapse in size"},
			remedy: kaisei.Text{
				JA: "同じ内容がもう一度読めたときに版にします。急ぐときはブラウザーで確かめ、正しければ kaisei check --believe で読み取ってください。",
				EN: "It becomes a version when a second look finds it again. If you cannot wait, look at it in a browser and, if it is right, run kaisei check --believe.",
			},
		},
		kaisei.CauseNoJapanese: {
			name: kaisei.Text{JA: "日本語の本文がない", EN: "no Japanese text"},
			remedy: kaisei.Text{
				JA: "英語のエラー画面か文字化けです。ブラウザーで確かめ、文字化けなら情報源一覧の charset を、英語の文書なら language を直してください。",
				EN: "An English error page, or garbled characters. Look at it in a browser; correct charset in the catalogue where it is garbled, language where the document is English.",
			},
		},
		kaisei.CauseDamaged: {
			name: kaisei.Text{JA: "壊れたファイル", EN: "damaged file"},
			remedy: kaisei.Text{
				JA: "転送中に壊れたか、掲載されたファイルが壊れています。自動的に読み直します。続くときは、掲載元に知らせてください。",
				EN: "It was damaged on the way, or is damaged on the site. It is read again by itself. If it lasts, tell the publisher.",
			},
		},
	}
}

func causeNames() map[string]kaisei.Text {
	out := map[string]kaisei.Text{}
	for c, t := range causeTable() {
		out[string(c)] = t.name
	}
	return out
}

func causeRemedies() map[string]kaisei.Text {
	out := map[string]kaisei.Text{}
	for c, t := range causeTable() {
		out[string(c)] = t.remedy
	}
	return out
}
