package sources

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"kaisei/internal/kaisei"
)

// evidenced are the addresses that the survey of sites of November 2026 found evidenced (A or
// B). Each is a source, or is led to by an enabled one.
var evidenced = []string{
	// Cabinet Office
	"https://www8.cao.go.jp/cstp/ai/index.html",
	"https://www8.cao.go.jp/cstp/ai/ai_act/ai_act.html",
	"https://www8.cao.go.jp/cstp/ai/ai_plan/ai_plan.html",
	"https://www8.cao.go.jp/cstp/ai/ai_guideline/ai_guideline.html",
	"https://www8.cao.go.jp/cstp/ai/ai_hq/ai_hq.html",
	"https://www8.cao.go.jp/cstp/ai/ai_hq/kaisai.html",
	"https://www8.cao.go.jp/cstp/ai/ai_hq/konkyo.html",
	"https://www8.cao.go.jp/cstp/ai/ai_expert_panel/ai_expert_panel.html",
	"https://www8.cao.go.jp/cstp/ai/ai_senryaku/ai_senryaku.html",
	"https://www.cao.go.jp/rss/news.rdf",
	"https://www8.cao.go.jp/kisei-kaikaku/kisei/meeting/meeting.html",
	// METI
	"https://www.meti.go.jp/shingikai/mono_info_service/ai_shakai_jisso/index.html",
	"https://www.meti.go.jp/shingikai/mono_info_service/ai_shakai_jisso/20260331_report.html",
	"https://www.meti.go.jp/shingikai/mono_info_service/ai_shakai_jisso/pdf/20260331_12.pdf",
	"https://www.meti.go.jp/press/index.html",
	"https://www.meti.go.jp/ml_index_release_atom.xml",
	"https://www.meti.go.jp/press/2024/02/20250218003/20250218003.html",
	"https://www.meti.go.jp/policy/mono_info_service/connected_industries/sharing_and_utilization/20250218003-ar.pdf",
	"https://www.meti.go.jp/shingikai/mono_info_service/ai_utilization_civil/",
	"https://www.meti.go.jp/shingikai/mono_info_service/sangyo_cyber/wg_seido/wg_ai_agent/",
	"https://www.meti.go.jp/english/press/category_03.html",
	// MIC
	"https://www.soumu.go.jp/main_sosiki/kenkyu/ai_network/02ryutsu20_04000019.html",
	"https://www.soumu.go.jp/main_sosiki/kenkyu/ai_network/index.html",
	"https://www.soumu.go.jp/menu_news/s-news/index.html",
	"https://www.soumu.go.jp/news.rdf",
	"https://www.soumu.go.jp/hiroshimaaiprocess/",
	"https://www.soumu.go.jp/hiroshimaaiprocess/en/index.html",
	"https://www.soumu.go.jp/hiroshimaaiprocess/en/documents.html",
	"https://www.soumu.go.jp/hiroshimaaiprocess/en/supporters.html",
	// Digital Agency
	"https://www.digital.go.jp/rss/news.xml",
	"https://www.digital.go.jp/news",
	"https://www.digital.go.jp/resources/standard_guidelines",
	"https://www.digital.go.jp/news/decb64eb-f26e-41cb-8d37-f3dd173108b8",
	"https://www.digital.go.jp/news/3579c42d-b11c-4756-b66e-3d3e35175623",
	"https://www.digital.go.jp/en/news/decb64eb-f26e-41cb-8d37-f3dd173108b8",
	"https://www.digital.go.jp/policies/genai",
	"https://www.digital.go.jp/councils/ai-advisory-board",
	// PPC
	"https://www.ppc.go.jp/information/",
	"https://www.ppc.go.jp/news/press/2026/",
	"https://www.ppc.go.jp/news/careful_information/",
	"https://www.ppc.go.jp/news/careful_information/230602_AI_utilize_alert/",
	"https://www.ppc.go.jp/files/pdf/230602_alert_AI_utilize.pdf",
	"https://www.ppc.go.jp/files/pdf/230602_alert_generative_AI_service.pdf",
	"https://www.ppc.go.jp/personalinfo/3nengotominaoshi/",
	"https://www.ppc.go.jp/personalinfo/legal/",
	"https://www.ppc.go.jp/personalinfo/legal/guidelines_tsusoku/",
	"https://www.ppc.go.jp/news/press/2026/260717/",
	"https://www.ppc.go.jp/news/press/2026/260717_houdou/",
	"https://www.ppc.go.jp/news/press/2026/260407/",
	"https://www.ppc.go.jp/files/pdf/260717_houritsu.pdf",
	"https://www.ppc.go.jp/files/pdf/260717_kaiseihounitsuite.pdf",
	"https://www.ppc.go.jp/aboutus/commission/",
	"https://www.ppc.go.jp/en/legal/",
	// AISI and IPA
	"https://aisi.go.jp/",
	"https://aisi.go.jp/about/",
	"https://aisi.go.jp/output/output_information/",
	"https://aisi.go.jp/output/output_framework/guide_to_evaluation_perspective_on_ai_safety/",
	"https://aisi.go.jp/output/output_framework/guide_to_red_teaming_methodology_on_ai_safety/",
	"https://aisi.go.jp/assets/pdf/ai_safety_eval_v1.20_ja.pdf",
	"https://aisi.go.jp/assets/pdf/ai_safety_eval_summary_v1.20_ja.pdf",
	"https://aisi.go.jp/assets/pdf/E1_ai_safety_RT_v1.10_en.pdf",
	"https://www.ipa.go.jp/about/newsonly-rss.rdf",
	"https://www.ipa.go.jp/about/press-rss.rdf",
	"https://www.ipa.go.jp/pressrelease/index.html",
	"https://www.ipa.go.jp/disc/committee/expert-group-on-aigfb.html",
	"https://www.ipa.go.jp/digital/ai/security/index.html",
	// culture, finance, health, education
	"https://www.bunka.go.jp/seisaku/chosakuken/aiandcopyright.html",
	"https://www.bunka.go.jp/koho_hodo_oshirase/hodohappyo/index.html",
	"https://www.fsa.go.jp/fsaNewsListAll_rss2.xml",
	"https://www.fsa.go.jp/fsaEnNewsList_rss2.xml",
	"https://www.fsa.go.jp/news/r7/sonota/20260303/aidp.html",
	"https://www.fsa.go.jp/news/r6/sonota/20250304/aidp.html",
	"https://www.fsa.go.jp/singi/ai_forum/",
	"https://www.fsa.go.jp/news/index.html",
	"https://www.mhlw.go.jp/stf/news.rdf",
	"https://www.mhlw.go.jp/stf/seisakunitsuite/bunya/0000179749_00004.html",
	"https://www.mhlw.go.jp/stf/shingi/0000516275_00006.html",
	"https://www.mhlw.go.jp/content/001310044.pdf",
	"https://www.pmda.go.jp/rss_015.xml",
	"https://www.pmda.go.jp/review-services/drug-reviews/about-reviews/devices/0048.html",
	"https://www.pmda.go.jp/review-services/f2f-pre/strategies/0011.html",
	"https://www.pmda.go.jp/files/000240233.pdf",
	"https://www.mext.go.jp/b_menu/news/index.rdf",
	"https://www.mext.go.jp/a_menu/other/mext_02412.html",
	"https://www.mext.go.jp/zyoukatsu/ai/index.html",
	"https://www.mext.go.jp/b_menu/houdou/index.htm",
	// the Cabinet
	"https://www.kantei.go.jp/index-jnews.rdf",
	"https://www.kantei.go.jp/index-j2.rdf",
	"https://www.kantei.go.jp/jp/kakugi/index.html",
	"https://www.cas.go.jp/jp/houdou/index.html",
	"https://www.cas.go.jp/jp/seisaku/digital_gyozaikaikaku/index.html",
	// laws, public comments, the gazette, the Diet
	"https://laws.e-gov.go.jp/api/2/law_revisions/507AC0000000053",
	"https://laws.e-gov.go.jp/api/2/law_revisions/507CO0000000281",
	"https://laws.e-gov.go.jp/api/2/law_revisions/415AC0000000057",
	"https://laws.e-gov.go.jp/api/2/law_revisions/345AC0000000048",
	"https://public-comment.e-gov.go.jp/rss/pcm_list.xml",
	"https://public-comment.e-gov.go.jp/rss/pcm_result.xml",
	"https://public-comment.e-gov.go.jp/rss/pcm_list_0000000046.xml",
	"https://public-comment.e-gov.go.jp/rss/pcm_list_0000000048.xml",
	"https://www.kanpo.go.jp/",
	"https://www.kanpo.go.jp/20260821/20260821.fullcontents.html",
	"https://www.shugiin.go.jp/internet/itdb_gian.nsf/html/gian/menu.htm",
	"https://www.sangiin.go.jp/japanese/joho1/kousei/gian/221/gian.htm",
	"https://www.japaneselawtranslation.go.jp/ja/laws/view/4241/je",
	"https://www.japaneselawtranslation.go.jp/ja/laws/view/3379/je",
	"https://www.japaneselawtranslation.go.jp/en/laws/history/4241",
	// international, government-wide
	"https://oecd.ai/en/transparency",
	"https://www.gov-online.go.jp/info/index.html",
	"https://www.moj.go.jp/MINJI/minji05_00778.html",
	"https://www.moj.go.jp/news.xml",
}

func TestCatalogueHasEveryEvidencedAddress(t *testing.T) {
	c := catalogue(t)
	for _, u := range evidenced {
		if !covered(c, u) {
			t.Errorf("nothing enabled watches %s", u)
		}
	}
}

// covered reports that an enabled source watches u or has a rule for its address on its host.
func covered(c *Catalog, u string) bool {
	for _, s := range c.Sources() {
		if s.Disabled != "" {
			continue
		}
		if s.URL == u {
			return true
		}
		for _, f := range s.Follow {
			if f.URL != "" && f.As != kaisei.FollowIgnore && hostOf(s.URL) == hostOf(u) && regexp.MustCompile(f.URL).MatchString(u) {
				return true
			}
		}
	}
	return false
}

func TestCatalogueRowsAreSane(t *testing.T) {
	c := catalogue(t)
	count, enabled := map[string]int{}, 0
	byURL, minutes := map[string]string{}, map[string]int{}
	for i, s := range c.Sources() {
		count[s.Authority]++
		if i > 0 && c.Sources()[i-1].ID >= s.ID {
			t.Errorf("%s is out of order", s.ID)
		}
		if !strings.HasPrefix(s.ID, s.Authority+"/") {
			t.Errorf("%s does not begin with its authority %s", s.ID, s.Authority)
		}
		if s.Title.JA == "" || s.Title.EN == "" || s.AuthorityName.JA == "" || s.AuthorityName.EN == "" {
			t.Errorf("%s: a name is missing", s.ID)
		}
		if s.Confidence == "" || s.Confidence == "C" && s.Disabled == "" {
			t.Errorf("%s: confidence %q, disabled %q", s.ID, s.Confidence, s.Disabled)
		}
		if !strings.HasPrefix(s.Origin, "catalog/") {
			t.Errorf("%s: origin %q", s.ID, s.Origin)
		}
		if u, err := url.Parse(s.URL); err != nil || u.Scheme != "https" {
			t.Errorf("%s: %s", s.ID, s.URL)
		}
		if s.Kind == kaisei.KindFeed && len(s.Keywords.Any) == 0 {
			t.Errorf("%s: a feed of a whole ministry needs keywords", s.ID)
		}
		if s.Disabled != "" {
			continue
		}
		enabled++
		if other, ok := byURL[s.URL]; ok {
			t.Errorf("%s and %s both ask for %s", s.ID, other, s.URL)
		}
		byURL[s.URL] = s.ID
		minutes[strings.Fields(s.Schedule)[0]]++
	}
	for authority, want := range map[string]int{
		"cao": 12, "meti": 9, "mic": 8, "digital": 8, "ppc": 14, "aisi": 5, "ipa": 5, "bunka": 2, "fsa": 6, "mhlw": 4, "pmda": 4,
		"mext": 4, "kantei": 3, "cas": 3, "egov": 10, "kanpo": 1, "shugiin": 1, "sangiin": 1, "ndl": 1, "moj": 6, "oecd": 1,
		"govonline": 2, "jftc": 1, "caa": 1,
	} {
		if count[authority] != want {
			t.Errorf("%s has %d sources, want %d", authority, count[authority], want)
		}
		delete(count, authority)
	}
	if len(count) > 0 {
		t.Errorf("authorities without a count: %v", count)
	}
	for m, n := range minutes {
		if n > 5 {
			t.Errorf("%d sources begin at minute %s; spread them", n, m)
		}
	}
	t.Logf("%d sources, %d enabled", len(c.Sources()), enabled)
}

func TestMETIIsAskedSeldomAndSlowly(t *testing.T) {
	for _, s := range catalogue(t).Sources() {
		if hostOf(s.URL) != "www.meti.go.jp" {
			continue
		}
		f := s.Fetch
		if f.MinGap != 10*time.Second || !f.HTTP1 || !f.BrowserLike || f.Timeout < 50*time.Second {
			t.Errorf("%s: %+v", s.ID, f)
		}
		sched, err := cron.ParseStandard(s.Schedule)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2026, time.January, 1, 0, 0, 0, 0, kaisei.JST)
		if first := sched.Next(start); sched.Next(first).Sub(first) < 12*time.Hour {
			t.Errorf("%s is asked more than twice a day: %s", s.ID, s.Schedule)
		}
	}
}

func TestKeyDocumentsHaveNamesOfTheirOwn(t *testing.T) {
	c := catalogue(t)
	type doc struct{ source, text, url string }
	for want, d := range map[string]doc{
		"meti/ai-guidelines/main":          {"meti/ai-guidelines", "AI事業者ガイドライン（第1.2版）本編（PDF形式：1,231KB）", "https://www.meti.go.jp/x/pdf/20260331_1.pdf"},
		"meti/ai-guidelines/summary":       {"meti/ai-guidelines", "AI事業者ガイドライン（第1.2版）本編（概要）（PDF形式：1,532KB）", "https://www.meti.go.jp/x/pdf/20260331_2.pdf"},
		"meti/ai-guidelines/annex":         {"meti/ai-guidelines", "AI事業者ガイドライン（第1.2版）別添（溶け込み版）（PDF形式：3,210KB）", "https://www.meti.go.jp/x/pdf/20260331_3.pdf"},
		"meti/ai-guidelines/annex-summary": {"meti/ai-guidelines", "AI事業者ガイドライン（第1.2版）別添（付属資料）概要", "https://www.meti.go.jp/x/pdf/20260331_4.pdf"},
		"meti/ai-guidelines/checklist":     {"meti/ai-guidelines", "別添7 チェックリスト（Excel形式：58KB）", "https://www.meti.go.jp/x/pdf/20260331_5.xlsx"},
		"meti/ai-guidelines/draft-main":    {"meti/ai-guidelines", "AI事業者ガイドライン（第1.2版）本編（案）", "https://www.meti.go.jp/x/pdf/20260119_1.pdf"},
		"meti/ai-guidelines/main-en":       {"meti/ai-guidelines", "AI Guidelines for Business Ver1.2", "https://www.meti.go.jp/x/pdf/20260331_12.pdf"},
		"mic/ai-guidelines/main":           {"mic/ai-guidelines", "ＡＩ事業者ガイドライン（第１．２版）本編", "https://www.soumu.go.jp/main_content/001064279.pdf"},
		"cao/ai-plan/main":                 {"cao/ai-plan", "人工知能基本計画（令和８年７月１４日閣議決定）（PDF形式：800KB）", "https://www8.cao.go.jp/cstp/ai/ai_plan/aiplan_20260714.pdf"},
		"cao/ai-plan/summary":              {"cao/ai-plan", "人工知能基本計画（概要）", "https://www8.cao.go.jp/cstp/ai/ai_plan/aiplan_gaiyo_20260714.pdf"},
		"cao/ai-guideline/main":            {"cao/ai-guideline", "人工知能関連技術の研究開発及び活用の適正性確保に関する指針", "https://www8.cao.go.jp/cstp/ai/ai_guideline/ai_gl_2025.pdf"},
		"cao/ai-guideline/main-en":         {"cao/ai-guideline", "【Provisional translation】Guideline", "https://www8.cao.go.jp/cstp/ai/ai_guideline/ai_gl_eng_20260116.pdf"},
		"cao/ai-guideline/draft":           {"cao/ai-guideline", "指針 骨子", "https://www8.cao.go.jp/cstp/ai/ai_guideline/ai_gl_2025_draft.pdf"},
		"aisi/eval-guide/main":             {"aisi/eval-guide", "評価観点ガイド", "https://aisi.go.jp/assets/pdf/ai_safety_eval_v1.20_ja.pdf"},
		"aisi/eval-guide/summary":          {"aisi/eval-guide", "概要", "https://aisi.go.jp/assets/pdf/ai_safety_eval_summary_v1.20_ja.pdf"},
		"aisi/eval-guide/main-en":          {"aisi/eval-guide", "Guide", "https://aisi.go.jp/assets/pdf/ai_safety_eval_v1.01_en.pdf"},
		"aisi/rt-guide/main-en":            {"aisi/rt-guide", "Guide", "https://aisi.go.jp/assets/pdf/E1_ai_safety_RT_v1.10_en.pdf"},
		"digital/ds-920/main":              {"digital/ds-920", "行政の進化と革新のための生成AIの調達・利活用に係るガイドライン（PDF／2,532KB）", "https://www.digital.go.jp/assets/contents/node/x/20260612_resources_guideline_01.pdf"},
		"fsa/ai-discussion-paper/main":     {"fsa/ai-discussion-paper", "AIディスカッションペーパー（第1.1版）（PDF:1,024KB）", "https://www.fsa.go.jp/news/r7/sonota/20260303/aidp_version1.1.pdf"},
		"ipa/ai-guideline-committee/draft-main": {
			"ipa/ai-guideline-committee", "資料4 AI事業者ガイドライン（第1.2版）案 本編", "https://www.ipa.go.jp/disc/committee/begoj9000000egny-att/20260305_009_04_00.pdf"},
	} {
		s, ok := c.Source(d.source)
		if !ok {
			t.Fatalf("no source %s", d.source)
		}
		rules, err := compile(s.Follow)
		if err != nil {
			t.Fatal(err)
		}
		got := "nothing"
		for i := range rules {
			if rules[i].matches(d.text, d.url) {
				got = documentID(s.ID, rules[i].Document)
				break
			}
		}
		if got != want {
			t.Errorf("%q at %s is %s, want %s", d.text, d.url, got, want)
		}
	}
}

func TestOperatorAddsOverridesAndDisables(t *testing.T) {
	const mine = `
[authority.acme]
ja = "弊社"

[keywords.default]
none = []

[[source]]
id = "acme/blog"
title = { ja = "ブログ" }
kind = "feed"
url = "https://blog.example.com/feed"
schedule = "5 9 * * 1"
layer = "news"
keywords = { any = ["@default", "弊社"] }
quiet = "30d"

[[source]]
id = "ppc/news"
schedule = "9 9 * * *"

[[source]]
id = "meti/news"
disabled = "we read the paper"

[[source]]
id = "caa/news"
disabled = ""
was = ["caa/rss"]
`
	c := catalogue(t, File{Name: "mine.toml", Data: []byte(mine)})
	plain := catalogue(t)
	blog, ok := c.Source("acme/blog")
	if !ok || blog.Quiet != 30*24*time.Hour || !slices.Contains(blog.Keywords.Any, "弊社") || !slices.Contains(blog.Keywords.Any, "人工知能") || blog.AuthorityName.JA != "弊社" {
		t.Errorf("the added source is %+v", blog)
	}
	if blog.Origin != "mine.toml:8" {
		t.Errorf("origin %q", blog.Origin)
	}
	got, _ := c.Source("ppc/news")
	was, _ := plain.Source("ppc/news")
	if got.Schedule != "9 9 * * *" {
		t.Errorf("schedule %q", got.Schedule)
	}
	if !strings.HasPrefix(got.Origin, was.Origin) || !strings.Contains(got.Origin, "mine.toml:") {
		t.Errorf("origin %q", got.Origin)
	}
	got.Schedule, got.Origin = was.Schedule, was.Origin
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", was) {
		t.Errorf("more than the schedule changed:\n%+v\n%+v", got, was)
	}
	if s, _ := c.Source("meti/news"); s.Disabled != "we read the paper" {
		t.Errorf("disabled %q", s.Disabled)
	}
	if s, ok := c.Source("caa/rss"); !ok || s.ID != "caa/news" || s.Disabled != "" {
		t.Errorf("a former id finds %q, disabled %q", s.ID, s.Disabled)
	}
	if len(c.Keywords().None) != 0 || len(c.Keywords().Any) != len(plain.Keywords().Any) {
		t.Errorf("only the given half of the keywords is replaced")
	}
	if c.AuthorityName("nobody").JA != "nobody" || c.AuthorityName("ppc").EN == "" {
		t.Error("names of authorities")
	}
	if c.Note("meti/news") == "" || c.Note("nobody/nothing") != "" {
		t.Error("notes")
	}
}

func TestLoadReportsEveryProblemWithItsPlace(t *testing.T) {
	const bad = `[[source]]
id = "Meti/X"
kind = "rss"
url = "ftp://example.com/"
schedule = "TZ= * * * *"
layer = "lore"
language = "fr"
colour = "red"

[[source]]
id = "ppc/x"
title = { ja = "x" }
kind = "index"
url = "https://www.ppc.go.jp/x"
schedule = "0 9 31 2 *"
layer = "news"
select = ["div[", "main"]
keywords = "nonesuch"

  [[source.follow]]
  as = "document"
  text = '('
  same_as = "no/such/document"

  [[source.follow]]
  as = "download"

[[source]]
id = "ppc/y"
title = { ja = "y" }
kind = "law"
url = "https://user@laws.e-gov.go.jp/"
schedule = "TZ=Asia/Tokyo 0 9 * * *"
layer = "law"
watch_text = true

[[source]]
id = "ppc/z"
title = { ja = "z" }
kind = "page"
url = "https://www.ppc.go.jp/z"
schedule = "0 9 * * 8"
layer = "law"
translates = "ppc/nothing"
law = "507AC0000000053"

  [[source.follow]]
  as = "item"

[[source]]
id = "ppc/z"

[[source]]
id = "ppc/w"
was = ["ppc/news"]
title = { ja = "w" }
kind = "index"
url = "https://www.ppc.go.jp/w"
schedule = "0 9 * * *"
layer = "law"
confidence = "D"
`
	_, err := Load(File{Name: "bad.toml", Data: []byte(bad)}, File{Name: "worse.toml", Data: []byte("[[source]]\nid = \n")},
		File{Name: "time.toml", Data: []byte("[[source]]\nid = \"ppc/news\"\nrecheck = \"soon\"\n")})
	if err == nil {
		t.Fatal("no error")
	}
	got := err.Error()
	for _, want := range []string{
		"bad.toml:2:1: id \"Meti/X\"", "bad.toml:1: Meti/X: unknown authority", "bad.toml:1: Meti/X: a source needs a title", "bad.toml:3:1: Meti/X: unknown kind \"rss\"",
		"bad.toml:4:1: Meti/X: url", "bad.toml:5:1: Meti/X: schedule", "bad.toml:6:1: Meti/X: unknown layer", "bad.toml:7:1: Meti/X: language",
		"bad.toml:8:1: unknown key \"source.colour\"",
		"bad.toml:15:1: ppc/x: schedule \"0 9 31 2 *\" never comes round", "bad.toml:17:1: ppc/x: selector \"div[\"", "bad.toml:18:1: no list of keywords is called \"nonesuch\"",
		"bad.toml:22:3: ppc/x:", "bad.toml:23:3: ppc/x: same_as \"no/such/document\"", "bad.toml:26:3: ppc/x: unknown \"download\"",
		"ppc/y: a law needs its e-Gov law ID", "bad.toml:32:1: ppc/y: url", "bad.toml:33:1: ppc/y: schedule", "bad.toml:35:1: ppc/y: watch_text is for the kind index",
		"bad.toml:42:1: ppc/z: schedule", "bad.toml:44:1: ppc/z: translates \"ppc/nothing\"", "bad.toml:45:1: ppc/z: law is for the kind law", "ppc/z: follow rules are for the kind index",
		"bad.toml:51:1: source \"ppc/z\" is defined twice", "ppc/w: the former id \"ppc/news\" belongs to ppc/news", "ppc/w: an index needs at least one follow rule", "bad.toml:61:1: ppc/w: confidence",
		"worse.toml:2:", "time.toml:3:",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q", want)
		}
	}
	if t.Failed() {
		t.Logf("got:\n%s", got)
	}
	if strings.Contains(got, "catalog/") {
		t.Errorf("a problem was found in the shipped catalogue:\n%s", got)
	}
}

func TestDurationsAreWrittenInDaysToo(t *testing.T) {
	for in, want := range map[string]time.Duration{"10s": 10 * time.Second, "7d": 7 * 24 * time.Hour, "0d": 0, "90m": 90 * time.Minute} {
		var d duration
		if err := d.UnmarshalText([]byte(in)); err != nil || time.Duration(d) != want {
			t.Errorf("%s = %v, %v", in, time.Duration(d), err)
		}
	}
	for _, bad := range []string{"", "d", "1.5d", "-1d", "-5m", "10001d", "99999999999999999999d", "soon"} {
		var d duration
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestFaultsCarryTheirCause(t *testing.T) {
	c := catalogue(t)
	_, err := c.Targets(kaisei.Source{ID: "x/y", Kind: "gopher"}, kaisei.Capture{}, "")
	var f *kaisei.Fault
	if !errors.As(err, &f) || f.Cause != kaisei.CauseInternal {
		t.Errorf("an unknown kind: %v", err)
	}
}
