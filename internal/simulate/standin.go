package simulate

import (
	"fmt"
	"strings"
)

// standIn writes the page that a site shows in place of the one asked for. The words are such as
// real sites use; no two of a kind are worded alike.
func (s *Site) standIn(res *resource, f Fault) string {
	k := s.rand(streamKind, res.n, 1+s.epoch).IntN(1 << 16)
	name := ministries[res.host].name
	choose := func(list ...[2]string) [2]string { return list[k%len(list)] }
	var t [2]string
	switch f {
	case FaultMaintenance, FaultMaintenance503:
		t = choose(
			[2]string{"ただいま保守作業中です", "システムの保守作業を行っております。作業が終わるまで今しばらくお待ちください。ご不便をおかけし、誠に申し訳ございません。"},
			[2]string{"ホームページ休止のお知らせ", "庁舎の計画停電に伴い、ホームページの公開を休止しております。公開の再開は4月5日（日）17時頃を予定しています。"},
			[2]string{"臨時点検", "臨時点検のため、本サイトの運用を一時休止しています。再開までお待ちくださいますようお願いいたします。"},
			[2]string{"サイトリニューアル作業について", "現在、サイトリニューアルに伴うデータの移行を行っており、すべてのページがご覧になれません。作業完了予定：翌朝8時。"},
			[2]string{name, "ただ今メンテナンス作業を実施しております。しばらくたってからアクセスしてください。"},
			[2]string{"Scheduled maintenance", "We are currently performing scheduled maintenance. We will be back online shortly. Thank you for your patience."},
			[2]string{"サーバ混雑のお知らせ", "アクセスが集中しているため、ページを表示することができません。時間をおいて、もう一度お試しください。"},
		)
	case FaultSoft404:
		t = choose(
			[2]string{"お探しのコンテンツは見つかりませんでした", "申し訳ございません。アクセスしようとした情報は、移動されたか、掲載を終了した可能性があります。URLをお確かめください。"},
			[2]string{"該当するページがございません", "ご指定のアドレスに該当するページがございません。サイト内検索又はサイトマップからお探しください。"},
			[2]string{"掲載終了のお知らせ", "ご覧になろうとしているページは公開を終了しました。国立国会図書館インターネット資料収集保存事業（WARP）をご利用ください。"},
			[2]string{"ページが移動または削除されました", "リニューアルに伴いURLが変更されています。お気に入りに登録されている方は変更をお願いします。"},
			[2]string{"ファイル未検出", "要求されたファイルはサーバ上に存在しません。10秒後に自動的にトップへ移動します。"},
			[2]string{"お知らせ", "ご指定いただいたページを表示できませんでした。リンク元の記述が間違っている可能性があります。"},
		)
	case FaultChallenge:
		return choose(
			[2]string{"", `<html><head><meta name="robots" content="noindex"><script>(function(){var e="%s";document.cookie="__tst="+e+";path=/";location.reload();})()</script></head><body></body></html>`},
			[2]string{"", `<!DOCTYPE html><html><head><title>認証中</title></head><body><noscript>JavaScriptを有効にしてください。</noscript><div id="cap"><p>ブラウザの確認を行っています。そのままお待ちください。</p></div><script src="/_ws/challenge.js"></script></body></html>`},
			[2]string{"", `<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head><body style="margin:0px;height:100%"><iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=9&xinfo=4-100" frameborder=0 width="100%" height="100%">Request unsuccessful. Incapsula incident ID: 433000</iframe></body></html>`},
			[2]string{"", `<!DOCTYPE html><html lang="ja"><head><title>セキュリティチェック</title></head><body><h1>あなたがロボットでないことを確認しています</h1><form action="/verify" method="post"><input type="hidden" name="k" value="1"><p>画像に表示された文字を入力してください。</p><input name="a"><button>送信</button></form></body></html>`},
			[2]string{"", `<html><head><title>Please wait</title><meta http-equiv="refresh" content="5"></head><body>Verifying that you are not a robot... <script src="/cdn/jschl.js"></script></body></html>`},
		)[1]
	case FaultBlocked, FaultForbidden:
		t = choose(
			[2]string{"通信を遮断しました", "このリクエストは、セキュリティ上の理由により遮断されました。お心当たりのない場合は、受付番号を添えて管理者までご連絡ください。受付番号：" + fmt.Sprint(90000+k)},
			[2]string{"Access denied", "You don't have permission to access this resource on this server. Reference #18.2d3e1102." + fmt.Sprint(k)},
			[2]string{"アクセス制限", "お使いのネットワークからは本サイトをご覧いただけません。"},
			[2]string{"Web Application Firewall", "The page you requested was blocked by the security policy. Your support ID is: " + fmt.Sprint(1000000000+k)},
			[2]string{"ご利用の環境からは閲覧できません", "海外からの接続又は機械的な大量の接続を検知したため、接続を制限しています。"},
		)
	case FaultServer:
		t = choose([2]string{"500 Internal Server Error", "内部エラーが発生しました。"}, [2]string{"エラー", "処理を継続できません。"})
	case FaultErrorPage:
		t = choose(
			[2]string{"エラーが起きました", "予期しない問題が起きたため、表示できませんでした。エラーコード：E-" + fmt.Sprint(1000+k%9000)},
			[2]string{"Database error", "Error establishing a database connection"},
			[2]string{"", "Fatal error: Uncaught Error: Call to a member function fetch() on null in /var/www/html/lib/cms.php on line " + fmt.Sprint(k%900)},
			[2]string{"タイムアウト", "セッションの有効期限が切れました。お手数ですが、最初からやり直してください。"},
		)
	case FaultLogin:
		t = [2]string{"ログイン", `<form action="/login" method="post"><label>ユーザーID</label><input name="u"><label>パスワード</label><input type="password" name="p"><button>ログイン</button></form><p>職員専用のページです。利用者IDとパスワードを入力してください。</p>`}
	case FaultOtherPage:
		return s.home(res.host)
	}
	return s.around(res, t[0], t[1], k)
}

// around puts a message into the frame in which the site shows such pages: bare, or with all that
// stands around its pages.
func (s *Site) around(res *resource, title, text string, k int) string {
	name := ministries[res.host].name
	if k/64%3 == 0 {
		return fmt.Sprintf("<html><head><meta charset=\"UTF-8\"><title>%s</title></head><body><h1>%s</h1><p>%s</p></body></html>", title, title, text)
	}
	body := fmt.Sprintf("<h1>%s</h1><p>%s</p>", title, text)
	if k/64%3 == 1 {
		// A long page: help for the lost, which is longer than many a notice.
		body += "<h2>お探しの情報の見つけ方</h2><ul>"
		for i, h := range heads {
			body += fmt.Sprintf("<li><a href=\"/guide/%d.html\">%s</a>　%sに関するご案内は、こちらの一覧から分野を選んでお進みください。所管の窓口の連絡先も掲載しています。</li>", i, h, h)
		}
		body += "</ul><h2>よくあるご質問</h2><p>" + strings.Repeat("ご意見・ご要望は、お問い合わせフォームからお寄せください。内容によっては回答にお時間をいただく場合があります。", 6) + "</p>"
	}
	return fmt.Sprintf(`<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>%s｜%s</title></head><body><header><p><a href="/">%s</a></p><nav><ul><li><a href="/news/">新着情報</a></li><li><a href="/policy/">政策</a></li></ul></nav></header><main>%s</main><footer><address>〒100-0000 東京都千代田区架空町</address></footer></body></html>`,
		title, name, name, body)
}

// home writes the top page of a ministry.
func (s *Site) home(at int) string {
	name := ministries[at].name
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>%s</title></head><body><header><p>%s</p><nav><ul><li><a href="/news/">新着情報</a></li></ul></nav></header><main><h1>%s</h1><h2>重要なお知らせ</h2><ul>`, name, name, name)
	for i, t := range topics {
		fmt.Fprintf(&b, `<li>4月%d日　<a href="/topics/%d.html">%s%sを公表しました</a></li>`, i+1, i, t, papers[i%len(papers)])
	}
	b.WriteString("</ul><h2>大臣会見</h2><p>大臣記者会見の概要を掲載しました。</p><h2>調達情報</h2><p>入札公告及び落札の結果はこちらからご覧ください。</p></main><footer></footer></body></html>")
	return b.String()
}
