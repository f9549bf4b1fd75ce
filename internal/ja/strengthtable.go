package ja

import "regexp"

// An ending is one row of the table by which Strength ranks; the first row that matches at
// the end of a text decides, so exceptions stand before the rule they except.
type ending struct {
	rank int
	re   *regexp.Regexp
}

func row(rank int, pattern string) ending {
	return ending{rank, regexp.MustCompile(`(?:` + pattern + `)$`)}
}

// Forms that verbs and adjectives take at the end of a sentence, plain and polite. None is of
// the past: what was demanded once is a fact.
const (
	formMustNot = `なら(?:ない|ぬ)|なりません`
	formIs      = `(?:である|であります|です|だ|であろう|でしょう|といえる|と言える|となる|となります|になる|であると言える|となっている|と考える|と考えられる|こと)?`
	formHas     = `(?:がある|があります|がございます|があろう|が生じる)`
	formPassive = `(?:れる|れます|れている|れています|れよう)`
	formNot     = `(?:は)?(?:ない|ありません)`
	formRule    = `(?:ものとする|こととする|ものとします|こととします|ものとされている|こととされている|こと|ものである)?`
	// Nouns of acts that one is let do or not (提供できる).
	actNouns = `(?:利用|提供|使用|実施|選択|省略|共有|取得|複製|提出|請求|申請|開示|閲覧|委託)`
)

// endings is the table, exceptions first. Sources: domain practice of 法制執務, the wording of
// AI事業者ガイドライン, 個人情報保護法 and the guidelines under it.
var endings = []ending{
	// Provisions on how to read, deem, define, count or apply others bind nobody.
	row(RankNone, `読み?替え(?:て[^、。]{0,12}する|る)ものとする|読み?替える|とみなす(?:ものとする)?|ものとみなす|推定する(?:ものとする)?|(?:例|ところ|定め|規定)による(?:ものとする)?|含む(?:ものとする)?|含まれる(?:ものとする)?|(?:をいう|という|と称する)(?:ものとする)?`),
	row(RankNone, `(?:準用|適用|施行|援用|算入|通算|換算|起算)する(?:ものとする)?|たものとする|[^こ]のものとする|効力を有する(?:ものとする)?|同様とする|(?:又は)?「」とする`),
	row(RankNone, `(?:適用し|準用し|算入し|通算し)ない(?:ものとする)?|(?:含ま|含め|該当し|及ば|有し|属し|当たら)ないものとする`),
	row(RankNone, `効力を(?:失う|生ずる|有する)(?:ものとする)?|を特徴とするものとする`),
	row(RankNone, `(?:こと|もの|の|場合|おそれ|可能性|必要|余地)(?:が|も)(?:ある|あります|あり得る|ありうる|考えられ得る)場合(?:が|も)ある|(?:求められる|必要となる|必要な|必要がある|望ましい)場合(?:が|も)(?:ある|あります|考えられる)`),
	// A pointer to another text asks for nothing.
	row(RankNone, `を(?:参照|参考に)(?:する|の)?(?:こと|されたい|して(?:ください|下さい))|をご(?:参照|覧)(?:ください|下さい)`),

	// Norms denied or lifted leave free.
	row(RankPermission, `この限りで(?:は)?(?:ない|ありません|なく)`),
	row(RankPermission, `(?:なければならない|なくてはならない|てはならない|必要がある|べきである|べき|義務がある|義務を負う|求められる|義務付け(?:られ)?る|義務づけ(?:られ)?る|禁止(?:する|される)|禁ずる|禁じる|制限する|強制する|課される|求める|要求する|要求される|要する|望ましい)(?:という|といった)?(?:わけ|もの|趣旨|意味|の)で`+formNot),
	row(RankPermission, `妨げるもの(?:で`+formNot+`|と解してはならない)|妨げ(?:ない|ません|られない)|妨げることはない|さまたげない`),
	row(RankPermission, `要(?:しない|しません)`+formRule+`|必要(?:が|は|も)(?:ない|ありません|無い)`+formRule+`|必要と(?:は)?しない|必要で`+formNot+`|不要(?:である|とする|です|と(?:する|した))?|義務(?:を|は)負わない|義務(?:が|は)(?:ない|ありません|課されない)|義務で`+formNot),
	row(RankPermission, `求め(?:られ|られて(?:は)?い)(?:ない|ません)|求めていない|求めない|(?:なく|ず)(?:て|とも)も?(?:よい|良い|差し支えない|足りる|構わない)(?:ものとする)?|ないことができる`+formRule+`|ないことも(?:できる|可能である)|に(?:は)?及ばない|省略(?:する)?(?:こと)?(?:が|も)できる(?:ものとする)?`),

	// Prohibitions, and permissions denied.
	row(RankProhibition, `[てで]は(?:`+formMustNot+`|いけない|いけません)`+formRule),
	row(RankProhibition, `(?:こと(?:が|は|も)|`+actNouns+`(?:は)?)でき(?:ない|ません)`+formRule+`|でき(?:ない|ません)(?:ものとする|こととする|ものとされている|こととされている)|(?:禁止|厳禁)(?:する|します|している|さ`+formPassive+`|とする|である|です|するものとする|すること|されるべきである)|禁(?:ずる|じる|じます|じている|じら`+formPassive+`)(?:ものとする)?|[をは]禁止|不可とする`),
	row(RankProhibition, `(?:許されない|許されません|許容されない|認められない|認められません|認めない)`+formRule+`|許さない|(?:許される|認められる|許容される)(?:もの|わけ)で`+formNot),

	// Duties to endeavour come before obligations, with whose endings they end.
	row(RankEndeavDuty, `(?:努め|つとめ|務め|努力し)(?:るように|るよう|ること)?(?:し)?(?:なければ|なくては|ねば)(?:`+formMustNot+`)`+formRule+`|(?:努め|つとめ)る?ことを要する`),

	// Obligations.
	row(RankObligation, `(?:なければ|なくては|ねば)(?:`+formMustNot+`)`+formRule+`|要する(?:ものとする|こととする)?|要します|義務を(?:負う|負います|負っている|有する|負うものとする)|義務(?:が|も)(?:ある|あります|課さ`+formPassive+`|生じる)|義務(?:付|づ)け(?:る|ている|ら`+formPassive+`)|必須(?:である|とする|です|となる|となります)|義務とする|義務である`),

	// Rules.
	row(RankRule, `(?:責務|責任)を(?:有する|負う)(?:ものとする)?`),
	row(RankPermission, `できる(?:ものとする|こととする|ものとされている|こととされている)`),
	row(RankEndeavour, `(?:努め|つとめ|務め)(?:る|ます|ること|るものとする|ることとする|ていく|ている|てまいります|ていくものとする|るものである|てください|られたい)|(?:配慮|努力)(?:する|します|すること|するものとする|することとする|していく|されたい|してください)`),
	row(RankRule, `ものと(?:する|します|される|されている|する必要がある)|こととする|こととします|こととされている|していくこととする`),

	// What guideline prose requires.
	row(RankRequired, `求めら`+formPassive+`(?:ところである|ものである|こと)?|必要`+formHas+`(?:もの(?:である)?|こと)?|(?:こと|の|対応|措置|配慮|確認|留意|検討|注意|対策|取組|整備|説明|同意|手続)(?:が|も|は)必要`+formIs+`|必要(?:である|です|だ|となる|となります|となっている|とさ`+formPassive+`|不可欠である)|不可欠`+formIs+`|欠かせない|要請さ`+formPassive+`|要求さ`+formPassive),
	row(RankRequired, `(?:こと|よう|ように)(?:まで)?を?(?:求め(?:る|ます|ている|ています|るものである)|(?:要請|要求)(?:する|します|している|しています))`),
	row(RankRequired, `(?:され|せられ|られ|払われ|図られ|行われ)たい|ください|下さい|願います|お願い(?:する|します|いたします|致します|申し上げます)`),

	// Advice.
	row(RankShould, `べきで`+formNot+`(?:と考え(?:る|られる))?`),
	row(RankShould, `べき(?:である|であります|です|だ|であろう|ものである|ことである|ところである|こと|もの|と(?:考える|する|している|考えられる|される|されている|いえる))?`),
	// A pledge, as in codes of conduct, binds by honour as べきである does.
	row(RankShould, `(?:約束|誓約|確約|コミット)(?:する|します|している|しています)`),
	row(RankDesirable, `望ましくない(?:こと)?|推奨(?:さ|し)(?:れ)?ない|推奨されません|好ましくない|適(?:当|切)で(?:は)?ない`),
	row(RankDesirable, `望ましい(?:です|こと(?:である)?|もの(?:である)?|といえる|対応である|と(?:する|している))?|望ま`+formPassive+`|[をは](?:推奨|奨励)|推奨(?:さ`+formPassive+`|する|します|している|しています|される事項である)|奨励(?:さ`+formPassive+`|する|します)|勧め(?:る|られる|られている|ます)|好ましい(?:です)?|(?:こと|の|対応|措置|取扱い|方法)が(?:適当|適切|妥当)(?:である|です|だ|と考えられる|といえる)`),
	row(RankNone, `(?:重要|有用|有効|有益|大切|肝要)で(?:は)?ない|期待(?:さ|し)(?:れ)?(?:ない|ていない)|期待できない`),
	row(RankExpected, `期待(?:さ`+formPassive+`|する|している|します|したい|がもたれる|できる)|(?:重要|有用|有効|有益|大切|肝要|効果的|有意義)(?:である|です|だ|となる|となります|となってくる|といえる|と言える|と考える|と考えられる|とさ`+formPassive+`|であると考えられる|性が高い|であろう|なことである|な要素である)|(?:こと|の|方法|対応|措置)(?:が|も)考えら`+formPassive),

	// Permissions.
	row(RankPermission, `こと(?:が|も|は)(?:できる|できます|可能である|可能です|可能となる|認めら`+formPassive+`|許さ`+formPassive+`|許容さ`+formPassive+`)|差し?支え(?:ない|ありません|ないものとする)|(?:て|で)も?(?:よい|良い|構わない|かまわない|足りる|差し支えない)(?:もの(?:である|とする)|です)?|(?:こと|の)を(?:認める|許容する|許可する|妨げない)|ことを得る|任意(?:である|とする)|[はも](?:認めら|許さ|許容さ)`+formPassive+`|`+actNouns+`(?:でき(?:る|ます)|可能である|可能とする)`),

	// Directive noun endings: what a notice, a specification or a checklist asks for.
	row(RankNone, `(?:発生する|生じる|生ずる|存在する|異なる|増加する|減少する|うる|[^を]得る|られる|される|含まれる|しまう|高まる|進む|伴う)こと`),
	row(RankNone, `(?:に関する|である|たる|できる|ある|いる|れる|なる|該当する|該当しない|でない|ではない|がない|はない|を有する|含む|という|とする)こと`),
	row(RankRequired, `(?:[一-龠々ァ-ヴー]{1,4})?(?:[ぁ-ん]?[うくすつぶむぐる]|[ぁ-ん]?ない)こと`),
}
