package ja

import "testing"

// labelled are sentences authored after the patterns of ministry guidelines and statutes,
// with the rank and the addressee a reader gives them. Every third one is kept apart from
// the writing of the table and used for measuring only.
var labelled = []struct {
	text string
	rank int
	who  string
}{
	// Guideline prose.
	{"AI開発者は、学習データの適正性を確保することが重要である。", 2, "AI開発者"},
	{"AI提供者は、利用者に対し、システムの限界を説明することが期待される。", 2, "AI提供者"},
	{"AI利用者は、出力の正確性を確認することが望ましい。", 3, "AI利用者"},
	{"各主体は、人権を侵すことがないようにすべきである49。", 4, "各主体"},
	{"各主体は、透明性を向上させ、アカウンタビリティを果たすことが重要となる", 2, "各主体"},
	{"AI提供者には、インシデントの報告が求められる。", 7, "AI提供者"},
	{"AI提供者においては、脆弱性への対応を継続する必要がある。", 7, "AI提供者"},
	{"AI 開発者、AI 提供者及び AI 利用者は、相互に連携することが求められている。", 7, "AI開発者、AI提供者及びAI利用者"},
	{"事業者は、ログの保存に努める。", 5, "事業者"},
	{"事業者は、関係法令を遵守しなければならない。", 9, "事業者"},
	{"AI 利用者は、個人情報を入力してはならない。", 10, "AI利用者"},
	{"人間の判断を介在させる仕組みを導入することが推奨される。", 3, ""},
	{"リスク評価の結果を文書化し、保存する。", 0, ""},
	{"不適切な目的に利用しない", 0, ""},
	{"組織は、透明性報告書を公表すべきであり、また、方針は定期的に更新されるべきである。", 4, "組織"},
	{"高度な AI システムを開発する AI 開発者については、行動規範を参照することが望ましい。", 3, "AI開発者"},
	{"生成AIの活用は業務の効率化に有用である。", 2, ""},
	{"本ガイドラインは、事業者の自主的な取組を促すものである。", 0, ""},
	{"これらの措置を講じることが奨励される。", 3, ""},
	{"AI 提供者は、AI システムの提供にあたり、以下の事項を検討することが考えられる。", 2, "AI提供者"},
	{"特に、選挙に関連しうる場合においては、AI の出力について慎重に取り扱う", 0, ""},
	{"この考え方は、技術の発展によっても変わるものではない。", 0, ""},
	{"開示を行うべきと考えられる。", 4, ""},
	{"適切な安全管理措置を講じることが不可欠である。", 7, ""},
	{"対策を講じる26,27", 0, ""},
	{"目的外利用を防止することが必要である。", 7, ""},
	{"AI 提供者は、AI 利用者が容易に理解できるよう説明することが適当である。", 3, "AI提供者"},
	{"既存の枠組みを活用することも可能である。", 1, ""},
	{"AI開発者は、必要に応じ、外部の専門家の意見を聴取することができる。", 1, "AI開発者"},
	{"複数の手法を組み合わせても差し支えない。", 1, ""},
	{"独自の基準を設けることを妨げるものではない。", 1, ""},
	{"全ての項目に対応しなければならないわけではない。", 1, ""},
	{"詳細な説明までは要しない。", 1, ""},
	{"AI利用者は、説明を求められるものではない。", 1, "AI利用者"},
	{"機密情報をプロンプトに入力しないことが望ましい。", 3, ""},
	{"差別的な出力をそのまま利用すべきではない。", 4, ""},
	{"利用者の同意なく学習に用いることは認められない。", 10, ""},
	{"本機能の商用利用を禁止する。", 10, ""},
	{"無断での再学習は禁止されている。", 10, ""},
	{"過度な依存を避けるよう努めることが期待される。", 2, ""},
	{"AI 提供者は、記録の保存に努めるべきである。", 4, "AI提供者"},
	{"AIは社会の様々な場面で活用されている。", 0, ""},
	{"「禁止する」という語は、本書では用いない。", 0, ""},
	{"同条の規定は「しなければならない」と定めている。", 0, ""},
	{"措置を講ずる（ただし、要請を満たす必要がある）", 0, ""},
	{"適切な措置を講じる必要がある（「2) 安全性」、「6) 透明性」）", 7, ""},
	{"高度な研究を優先し、効果的な投資を優先する（「10) イノベーション」）", 0, ""},
	{"特に、利用されたデータと利用されていないデータを利用者が区別できる技術標準の開発に取り組むことが奨励される。", 3, ""},
	{"（必要に応じて公表することが望ましい。）", 3, ""},
	{"AI提供者が事前に検証することが求められます。", 7, "AI提供者"},
	{"事業者は、再発防止策を検討することが望まれる。", 3, "事業者"},
	{"AIガバナンスの構築が期待されている。", 2, ""},
	{"各主体においては、対応方針を検討することが重要となる。", 2, "各主体"},
	{"個人の尊厳を尊重することは言うまでもない。", 0, ""},
	{"留意が必要である。", 7, ""},
	{"利用規約を確認してください。", 7, ""},
	{"適切に対応されたい。", 7, ""},
	{"AI提供者：AI利用者に、どのような説明が必要となるかを共有する", 0, "AI提供者"},
	{"外部への提供は原則として行わないものとする。", 8, ""},
	{"職員は、生成AIに要機密情報を入力しないこと。", 7, "職員"},
	{"利用目的をできる限り特定すること。", 7, ""},
	{"個人情報の取扱いに関すること。", 0, ""},
	{"統括責任者を置くこととする。", 8, ""},
	{"報告書を公表することとしている。", 0, ""},
	{"利用者への周知が欠かせない。", 7, ""},
	{"人材の育成に配慮する。", 5, ""},
	{"政府は、実施状況を検証していくこととする。", 8, "政府"},
	{"関係府省庁は、連携して施策を推進するものとする。", 8, "関係府省庁"},
	{"各府省庁は、CAIOを設置するものとし、その状況を公表する。", 8, "各府省庁"},
	{"調達担当者は、本ガイドラインを参照しなければならず、逸脱する場合は理由を記録する必要がある。", 7, "調達担当者"},
	{"ベンダーは、学習データの出所を示すことが必須である。", 9, "ベンダー"},
	{"監査の実施は任意である。", 1, ""},
	{"この限りではありません。", 1, ""},
	{"推奨されない利用方法である。", 0, ""},
	{"本人の同意を得ずに利用することは推奨されない。", 3, ""},
	{"AI利用者に過度の負担を課すことは望ましくない。", 3, ""},
	{"透明性の確保は重要ではない。", 0, ""},
	// Statutes.
	{"個人情報取扱事業者は、利用目的をできる限り特定しなければならない。", 9, "個人情報取扱事業者"},
	{"個人情報取扱事業者は、偽りその他不正の手段により個人情報を取得してはならない。", 10, "個人情報取扱事業者"},
	{"国は、人工知能関連技術の研究開発の推進に関する施策を実施するため必要な措置を講ずるものとする。", 8, "国"},
	{"活用事業者は、国が実施する施策に協力しなければならない。", 9, "活用事業者"},
	{"国民は、人工知能関連技術に対する理解と関心を深めるよう努めるものとする。", 5, "国民"},
	{"地方公共団体は、地域の特性を生かした施策を策定し、及び実施する責務を有する。", 8, "地方公共団体"},
	{"個人情報取扱事業者は、苦情の適切かつ迅速な処理に努めなければならない。", 6, "個人情報取扱事業者"},
	{"個人情報保護委員会は、必要な指導及び助言をすることができる。", 1, "個人情報保護委員会"},
	{"ただし、法令に基づく場合は、この限りでない。", 1, ""},
	{"同項中「個人情報」とあるのは、「個人データ」と読み替えるものとする。", 0, ""},
	{"前条の規定は、前項の認定について準用する。", 0, ""},
	{"この法律は、公布の日から施行する。", 0, ""},
	{"当該行為は、同意があったものとみなす。", 0, ""},
	{"この法律において「個人情報」とは、生存する個人に関する情報をいう。", 0, ""},
	{"何人も、その提示された書類の開示を求めることができない。", 10, "何人"},
	{"次の各号のいずれかに該当する者は、認定を受けることができない。", 10, "次の各号のいずれかに該当する者"},
	{"前項の規定は、犯罪捜査のために認められたものと解釈してはならない。", 10, ""},
	{"次に掲げる場合には、前項の規定は、適用しない。", 0, ""},
	{"補償金を支払うことを要しない。", 1, ""},
	{"この法律の規定は、条例で必要な規定を定めることを妨げるものではない。", 1, ""},
	{"行政機関の長等は、開示請求者に対し、開示しないことができる。", 1, "行政機関の長等"},
	{"設定することができるものとする。", 1, ""},
	{"内閣総理大臣は、基本計画の案を作成し、閣議の決定を求めなければならない。", 9, "内閣総理大臣"},
	{"一年以下の拘禁刑又は五十万円以下の罰金に処する。", 0, ""},
	{"複製物を含むものとする。", 0, ""},
	{"公表されたものとする。", 0, ""},
	{"なお従前の例による。", 0, ""},
	{"届出をした者は、遅滞なく、その旨を公表するものとする。", 8, "届出をした者"},
	{"研究開発機関は、成果の普及に積極的に努めるとともに、専門的知識を有する人材の育成に努めるものとする。", 5, "研究開発機関"},
	{"国は、経済的社会的条件の変化に配慮するものとする。", 5, "国"},
	{"事業者は、特性に配慮しなければならない。", 9, "事業者"},
	{"申出をする者は、手数料を納める義務を負う。", 9, "申出をする者"},
	{"変更には、委員会の承認を要する。", 9, ""},
	{"本部は、関係行政機関の長に対し、資料の提出その他の協力を求めることができる。", 1, "本部"},
	{"個人情報取扱事業者は、あらかじめ本人の同意を得ないで、個人データを第三者に提供してはならない。", 10, "個人情報取扱事業者"},
	{"認定個人情報保護団体は、指針を公表しなければならない。", 9, "認定個人情報保護団体"},
	{"人工知能戦略推進法人等は、報告を行わなければなりません。", 9, "人工知能戦略推進法人等"},
	{"個人情報取扱事業者は、同意を得ることを要しないものとする。", 1, "個人情報取扱事業者"},
	{"第三者提供をしないものとする。", 8, ""},
	{"政府は、この法律の施行後三年を目途として、検討を加え、所要の措置を講ずるものとする。", 8, "政府"},
	{"前項の委員は、再任されることができる。", 1, "前項の委員"},
	{"会議の議事は、出席者の過半数で決する。", 0, ""},
	{"委員は、職務上知ることのできた秘密を漏らしてはならない。", 10, "委員"},
	// Translations.
	{"AI developers must document the training data.", 9, "AI developers"},
	{"AI providers should provide information to AI business users.", 4, "AI providers"},
	{"A business operator shall endeavor to keep personal data accurate.", 6, "business operator"},
	{"A business operator must not provide personal data to a third party.", 10, "business operator"},
	{"It is desirable to conduct an impact assessment.", 3, ""},
	{"AI providers are expected to share incident information.", 2, "AI providers"},
	{"The State shall take necessary measures.", 9, "State"},
	{"The Commission may request reports.", 1, "Commission"},
	{"This provision does not apply to the cases set forth below.", 0, ""},
	{"Operators are not required to disclose source code.", 1, "Operators"},
	{"Organizations are encouraged to publish transparency reports.", 3, "Organizations"},
	{"AI is used in many fields of society.", 0, ""},
}

func TestStrengthOfTheLabelledSentences(t *testing.T) {
	type tally struct{ right, all int }
	var seen, kept, who tally
	for i, c := range labelled {
		f := Strength(c.text)
		part := &seen
		if i%3 == 2 {
			part = &kept
		}
		part.all++
		if f.Rank == c.rank {
			part.right++
		} else {
			t.Errorf("Strength(%q) = %d by %q, want %d", c.text, f.Rank, f.Ending, c.rank)
		}
		who.all++
		if got := Addressee(c.text); got == c.who {
			who.right++
		} else {
			t.Errorf("Addressee(%q) = %q, want %q", c.text, got, c.who)
		}
	}
	t.Logf("rank: written against %d of %d, kept apart %d of %d; addressee %d of %d", seen.right, seen.all, kept.right, kept.all, who.right, who.all)
}

func TestANormDeniedLeavesFreeAndAPermissionDeniedForbids(t *testing.T) {
	for text, want := range map[string]int{
		"提供しないものとする。":                                  RankRule,
		"入力しないことが望ましい。":                                RankDesirable,
		"入力すべきではない。":                                   RankShould,
		"漏えいしないよう努める。":                                 RankEndeavour,
		"この限りでない。":                                     RankPermission,
		"説明しなければならないわけではない。":                           RankPermission,
		"開示を求められるものではない。":                              RankPermission,
		"提供することを妨げない。":                                 RankPermission,
		"報告する必要はない。":                                   RankPermission,
		"認証を省略することができる。":                               RankPermission,
		"することができない。":                                   RankProhibition,
		"することができないものとする。":                              RankProhibition,
		"公表することは認められない。":                               RankProhibition,
		"公表することが認められるものではない。":                          RankProhibition,
		"第三条の規定は、適用しないものとする。":                          RankNone,
		"その期間は、前項の期間に算入しない。":                           RankNone,
		"The operator need not report.":                RankPermission,
		"The operator does not have to report.":        RankPermission,
		"The operator may not report.":                 RankProhibition,
		"Article 3 shall not apply.":                   RankNone,
		"The period shall be calculated from the day.": RankNone,
	} {
		if f := Strength(text); f.Rank != want {
			t.Errorf("Strength(%q) = %+v, want %d", text, f, want)
		}
	}
}

func TestQuestionsAndReportsDemandNothing(t *testing.T) {
	for _, text := range []string{
		"どのような情報を提供する必要があるか。", "本人の同意を得なければなりませんか？", "報告するよう求めた。", "公表すべきとされた。", "公表を推奨した。",
		"必要な対策が求められ、委員会は注意喚起を行った。", "別紙を参照のこと。", "詳細は別紙を参照されたい。",
		"What must providers explain?", "Commenters stated that providers must explain.",
	} {
		if f := Strength(text); f.Rank != RankNone {
			t.Errorf("Strength(%q) = %+v", text, f)
		}
	}
}

func TestTheLastNormOfASentenceDecides(t *testing.T) {
	for text, want := range map[string]int{
		"記録を保存しなければならず、これを公表するものとし、必要に応じて説明することが望ましい。":                 RankDesirable,
		"録音してはならないが、同意を得た上で録音することができる。":                                RankPermission,
		"公表しなければならないが、軽微なものについては、この限りでない。":                             RankPermission,
		"求められるものではないが、許容可能な程度に抑えることは必要である。":                            RankRequired,
		"報告しなければならず、その写しを公表する。":                                        RankObligation,
		"方針を定めるものとし、その様式は別紙のとおりとする。":                                   RankRule,
		"生成AIの利用には知識が必要であり、多くの研修が実施されている。":                             RankNone,
		"Operators should seek advice, but they must not rely on it.":  RankProhibition,
		"If the operator must report, it may use the form.":            RankPermission,
		"A person who must report may use the form.":                   RankPermission,
		"Operators must inform those who may be affected.":             RankObligation,
		"Operators should keep logs, and the Commission reviews them.": RankShould,
		"The purpose of this Act is to promote AI.":                    RankNone,
	} {
		if f := Strength(text); f.Rank != want {
			t.Errorf("Strength(%q) = %+v, want %d", text, f, want)
		}
	}
}

func TestABracketInAQuotationDoesNotCloseTheOneAround(t *testing.T) {
	if f := Strength("対策に投資し、実施する（「5) セキュリティ確保」）"); !f.Bare || f.Ending != "実施する" {
		t.Errorf("%+v", f)
	}
}

func TestAnAddresseeIsWhoIsBoundAndNotWhoIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"海外に拠点を置く事業者であっても、国内に提供する場合には、本指針に沿うことが期待される。":                                    "海外に拠点を置く事業者",
		"AI統括責任者(CAIO)は、状況を把握するものとする。":                                                    "AI統括責任者(CAIO)",
		"AI提供者(以下「提供者」という。)は、状況を把握するものとする。":                                               "AI提供者",
		"当該AIの提供者に対し、取組を行うよう求める。":                                                         "当該AIの提供者",
		"AI利用者に対して、教育を行うことが求められる。":                                                        "",
		"AI利用者には、説明を行わなければならない。":                                                          "",
		"AI利用者には、慎重な判断が求められる。":                                                            "AI利用者",
		"政府が調達する生成AIは、品質に配慮するものとする。":                                                      "",
		"委員会が必要がないと認めるときは、この限りでない。":                                                       "",
		"内容は、本人が容易に理解できるものとすることが望ましい。":                                                    "",
		"個人は、不当に差別されてはならない。":                                                              "",
		"利用者は、監視の対象とされてはならない。":                                                            "",
		"AI提供者が、入力された情報を利用することは差し支えない。":                                                   "AI提供者",
		"The report must be submitted to the Commission.":                                 "",
		"It is important that AI business users improve their literacy.":                  "AI business users",
		"In principle, a person who has filed a notification must report.":                "person who has filed a notification",
		"Users of generative AI should, as far as possible, check outputs.":               "Users of generative AI",
		"When a provider changes the terms, the business operator using AI must be told.": "business operator using AI",
	} {
		if got := Addressee(text); got != want {
			t.Errorf("Addressee(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzStrength(f *testing.F) {
	for _, c := range labelled {
		f.Add(c.text)
	}
	f.Add("「「（しなければならない")
	f.Add("\xff、ものとし、")
	f.Fuzz(func(t *testing.T, s string) {
		if f := Strength(s); f.Rank < RankNone || f.Rank > RankProhibition {
			t.Fatalf("rank %d", f.Rank)
		}
		Addressee(s)
	})
}
