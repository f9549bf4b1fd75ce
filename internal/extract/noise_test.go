package extract

import "testing"

func TestNoiseIsToldFromContent(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"最終更新日：2026年3月31日", "stamp"},
		{"最終更新日：令和８年３月３１日", "stamp"},
		{"更新日 2026年3月31日", "stamp"},
		{"更新日時：2026/03/31 14:05", "stamp"},
		{"ページ更新日：令和7年6月4日（水曜日）", "stamp"},
		{"[最終更新：R7.6.4]", "stamp"},
		{"Last updated: 31 March 2026", "stamp"},
		{"Last Update：2026.3.31", "stamp"},
		{"印刷日：2026年3月31日", "stamp"},
		{"あなたは31,040人目の訪問者です", "counter"},
		{"あなたは 18203 番目のお客様です。", "counter"},
		{"アクセスカウンター：00012345", "counter"},
		{"ようこそ。", ""},
		{"今日のアクセス数：1,234件", "counter"},
		{"Access counter: 0012345", "counter"},
		{"本日は2026年3月31日です", "today"},
		{"このページの先頭へ", "steering"},
		{"ページトップへ戻る", "steering"},
		{"▲ PAGE TOP", "steering"},
		{"一覧へ戻る", "steering"},
		{"次へ", "steering"},
		{"2/313", "steering"},
		{"PDFファイルをご覧いただくには、Adobe Readerが必要です。", "plugin"},

		{"掲載日：令和8年2月7日　文書番号：見総第134号　アクセス数 1,234", ""},
		{"改定日：2026年3月31日", ""},
		{"施行日：令和7年9月1日", ""},
		{"公布日 令和７年６月４日", ""},
		{"掲載日：2026年3月31日", ""},
		{"最終改正：令和7年6月4日", ""},
		{"更新日：未定", ""},
		{"更新日", ""},
		{"2026年3月31日", ""},
		{"2026年3月31日更新　ガイドラインを改定しました", ""},
		{"更新日：2026年3月31日　第2部を改定しました", ""},
		{"許可の更新日は令和7年6月4日とする。", ""},
		{"本日、令和8年3月31日、ガイドラインを公表しました。", ""},
		{"100人目の訪問者に対し、事業者は次の措置を講ずる。アクセス数を制限し、識別子を記録し、これを三年間保存しなければならないものとする。", ""},
		{"あなたは3人目の訪問者です。本指針は廃止された。", ""},
		{"本指針は廃止された。あなたは3人目の訪問者です。", ""},
		{"100人目の訪問者には第5条を適用しない", ""},
		{"本日のアクセスは3回までとする", ""},
		{"PDFファイルをご覧いただくには、Adobe Readerが必要です。無償でダウンロードできます。", "plugin"},
		{"Adobe Readerが必要です。第5条は令和8年4月1日に廃止する。", ""},
		{"先頭の事業者", ""},
		{"次の各号", ""},
		{"戻り値", ""},
	} {
		if got := noiseKind(c.line); got != c.want {
			t.Errorf("%q: %q, want %q", c.line, got, c.want)
		}
	}
}

// Every form of an expression is told although the expressions are asked only where certain words stand.
func TestNoiseIsToldInEveryForm(t *testing.T) {
	for want, lines := range map[string][]string{
		"steering": {
			"ページの先頭へ戻る", "このページの上部へ", "ペジトップ", "ページ一番上", "Back to TOP", "top of this page", "先頭へ", "トップへ戻る", "本文へスキップ", "印刷用ページ",
			"このページをシェアする", "このツイート", "目次に戻る", "元のページへもどる", "戻る", "もどる", "ここまで", "前の１０件へ", "次", "1 / 12 ページ",
			"メニューを開く", "Skip to main content", "SHARE", "Tweet", "ポストする", "シェア",
		},
		"stamp": {
			"変更日時：2026年3月31日", "修正日 2026年3月31日", "出力日時：2026年3月31日", "ページ作成日：2026年3月31日", "ページ公開日：2026年3月31日", "LAST MODIFIED 2026.3.31", "Date last modified: 2026.3.31", "UPDATED 2026.3.31",
		},
		"today":   {"今日は2026年3月31日", "現在の日時：2026年3月31日"},
		"counter": {"昨日の訪問者数：12人", "Visitors: 1,234", "VISITOR 12", "access counter 12"},
		"plugin":  {"ACROBAT READERをお持ちでない方はダウンロードしてください。", "PDFをご覧いただくにはAdobeのソフトが要ります。"},
	} {
		for _, line := range lines {
			if got := noiseKind(line); got != want {
				t.Errorf("%q: %q, want %q", line, got, want)
			}
		}
	}
}
