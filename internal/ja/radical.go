package ja

// radicalSupplement holds the unified ideographs that the CJK radicals U+2E80 to
// U+2EF3 stand for, in order, 〓 where there is none. It follows
// EquivalentUnifiedIdeograph.txt of the Unicode character database, with the
// Japanese form where that has several (⺈ 刀, ⻏ 阝, ⻩ 黄).
const radicalSupplement = "" +
	"〓厂乛乚乙亻冂几刀刂卜㔾小小兀尣" + // 2E80
	"尢尣巳幺彑彐忄㣺扌攵〓旡日月歺母" + // 2E90
	"民氵氺灬爫爫丬牛犭王疋目示礻竹糹" + // 2EA0
	"纟罓罒㓁㓁网羊羊羊耂肀聿肉臼艹艹" + // 2EB0
	"艹虎衤覀西见角角讠贝足车辶辶辶阝" + // 2EC0
	"钅長镸长门阜阝雨青韦页风飞食食飠" + // 2ED0
	"饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜" + // 2EE0
	"龙龜亀龟" // 2EF0

// radicalKangxi holds those of the Kangxi radicals U+2F00 to U+2FD5 whose ideograph
// is three bytes long in UTF-8, which all are: 214 of them in order. Where NFKC gives a
// form that Japan does not print (戶 靑 黃 黑) the Japanese one stands here, since that
// is what a Japanese font shows.
const radicalKangxi = "" +
	"一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又" +
	"口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳" +
	"心戈戸手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬" +
	"玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立" +
	"竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾" +
	"見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里" +
	"金長門阜隶隹雨青非" +
	"面革韋韭音頁風飛食首香" +
	"馬骨高髟鬥鬯鬲鬼" +
	"魚鳥鹵鹿麥麻" +
	"黄黍黒黹" +
	"黽鼎鼓鼠" +
	"鼻齊" +
	"齒" +
	"龍龜" +
	"龠"

// radical returns the ideograph that the radical r stands for, or 0.
func radical(r rune) rune {
	table, first := radicalSupplement, rune(0x2e80)
	if r >= 0x2f00 {
		table, first = radicalKangxi, 0x2f00
	}
	at := int(r-first) * 3
	if at < 0 || at+3 > len(table) {
		return 0
	}
	u := rune(table[at]&0x0f)<<12 | rune(table[at+1]&0x3f)<<6 | rune(table[at+2]&0x3f)
	if u == '〓' {
		return 0
	}
	return u
}
