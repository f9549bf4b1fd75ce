package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/config"
	"kaisei/internal/doctor"
	"kaisei/internal/extract"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
	"kaisei/notify"
	"kaisei/storage/bolt"
)

func (a *app) doctorCommand() *cobra.Command {
	var offline bool
	c := &cobra.Command{
		Use: "doctor", Short: "Explain what is wrong on this machine, and what to do", Args: cobra.NoArgs,
		Long: `doctor looks at the configuration, the folders, the disk, the clock, the network and every site of the catalogue,
the reader of PDFs, the store, the channels and the daemon. It sends no message and shows no secret; each site
is asked once, for robots.txt. --offline asks nobody. The exit code is 1 where something does not work; what should
only be looked at does not count.`,
		RunE: func(c *cobra.Command, _ []string) error {
			found := doctor.Run(c.Context(), a.checks(), offline)
			if err := a.printFindings(found); err != nil {
				return err
			}
			if doctor.Worst(found) == doctor.Fail {
				return errReported
			}
			return nil
		},
	}
	c.Flags().BoolVar(&offline, "offline", false, "ask nobody on the network")
	return c
}

// patient is what the checks look at.
type patient struct {
	*app
	config config.Config
	// broken is why the configuration cannot be read; the defaults stand in for it.
	broken  error
	file    string
	catalog catalog
	web     *doctor.Web
}

// checks are the checks of the doctor, in the order in which they are printed.
func (a *app) checks() []doctor.Check {
	p := &patient{app: a, file: cmp.Or(a.configFile, os.Getenv("KAISEI_CONFIG"))}
	if p.config, p.broken = a.settings(); p.broken != nil {
		p.config = config.Default()
		if a.stateDir != "" {
			p.config.State = a.stateDir
		}
	} else {
		p.catalog, p.broken = a.catalog()
	}
	p.web = &doctor.Web{URLs: onePerHost(p.catalog.sources), UserAgent: p.agent(), Proxy: http.ProxyFromEnvironment}
	quick := func(f func() []doctor.Finding) func(context.Context) []doctor.Finding {
		return func(context.Context) []doctor.Finding { return f() }
	}
	state := p.config.State
	list := []doctor.Check{
		{Name: "config", Title: doctor.T("設定", "configuration"), Run: quick(p.configured)},
		{Name: "contact", Title: doctor.T("連絡先", "contact"), Run: quick(p.contact)},
		{Name: "state", Title: doctor.T("状態フォルダ", "state folder"), Run: quick(func() []doctor.Finding { return doctor.Folder(state) })},
		{Name: "cache", Title: doctor.T("キャッシュ", "cache"), Run: quick(func() []doctor.Finding { return doctor.Folder(cacheDir(state)) })},
		{Name: "disk", Title: doctor.T("空き容量", "disk space"), Run: p.disk},
		{Name: "sync", Title: doctor.T("書き込み", "disk speed"), Run: quick(func() []doctor.Finding { return doctor.Sync(state) })},
		{Name: "files", Title: doctor.T("ファイル数", "open files"), Run: quick(doctor.Files)},
		{Name: "zone", Title: doctor.T("時間帯", "time zone"), Run: quick(func() []doctor.Finding { return doctor.Zone(time.Local.String()) })},
		{Name: "clock", Title: doctor.T("時計", "clock"), Network: true, Run: p.web.Clock},
		{Name: "proxy", Title: doctor.T("プロキシー", "proxy"), Network: true, Run: p.web.Through},
		{Name: "dns", Title: doctor.T("名前解決", "DNS"), Network: true, Run: p.web.Names},
		{Name: "tls", Title: doctor.T("証明書", "TLS"), Network: true, Run: p.web.Trust},
		{Name: "sites", Title: doctor.T("サイト", "sites"), Network: true, Run: p.web.Reach},
		{Name: "pdf", Title: doctor.T("PDF", "PDF"), Run: p.pdf},
		{Name: "store", Title: doctor.T("記録", "store"), Run: p.store},
		{Name: "daemon", Title: doctor.T("常駐", "daemon"), Run: p.daemon},
	}
	return append(list, p.channels()...)
}

func (p *patient) agent() string {
	agent := cmp.Or(p.config.Fetch.UserAgent, fetch.Product+"/"+version)
	if p.config.Contact != "" {
		agent += " (+" + p.config.Contact + ")"
	}
	return agent
}

// onePerHost are addresses of enabled sources, one for each host.
func onePerHost(list []kaisei.Source) []string {
	var out []string
	known := map[string]bool{}
	for _, s := range list {
		if u, err := http.NewRequest(http.MethodGet, s.URL, nil); err == nil && s.Disabled == "" && !known[u.URL.Host] {
			known[u.URL.Host] = true
			out = append(out, s.URL)
		}
	}
	return out
}

func finding(l doctor.Level, text, do kaisei.Text) []doctor.Finding {
	return []doctor.Finding{{Level: l, Text: text, Do: do}}
}

func (p *patient) configured() []doctor.Finding {
	if p.broken != nil {
		return finding(doctor.Fail, doctor.T("設定を読めません: %s", "the configuration cannot be read: %s", strings.ReplaceAll(p.broken.Error(), "\n", "; ")),
			doctor.T("kaisei config check で示される箇所を直してください。", "Correct what kaisei config check names."))
	}
	out := finding(doctor.OK, doctor.T("既定の設定で動きます（ファイルなし）", "the defaults hold (no file)"), kaisei.Text{})
	if p.file == "" {
		return out
	}
	secrets := false
	for _, c := range p.config.Channels {
		secrets = secrets || !c.Token.IsZero() || !c.Webhook.IsZero() || !c.Password.IsZero()
	}
	return doctor.Secrets(p.file, secrets)
}

func (p *patient) contact() []doctor.Finding {
	if p.config.Contact == "" {
		return finding(doctor.Warn, doctor.T("contact が設定されていません", "contact is not set"),
			doctor.T("サイトの管理者が連絡できるよう、設定の contact にメールアドレスかURLを書いてください。遮断されにくくなります。", "Set contact to a mail address or URL at which a webmaster can reach you; sites block less."))
	}
	return finding(doctor.OK, doctor.T("%s を名乗ります", "requests name %s", p.config.Contact), kaisei.Text{})
}

// disk needs to know how fast the store grows: its size over the time since the first good look.
func (p *patient) disk(ctx context.Context) []doctor.Finding {
	info, err := os.Stat(filepath.Join(p.config.State, storeFile))
	if err != nil {
		return doctor.Disk(p.config.State, 0, 0)
	}
	monthly := int64(0)
	if r, done, err := p.look(ctx); err == nil {
		defer done()
		if polls, err := r.Polls(); err == nil {
			first := time.Now()
			for _, s := range polls {
				if !s.FirstGood.IsZero() && s.FirstGood.Before(first) {
					first = s.FirstGood
				}
			}
			if age := time.Since(first); age > leastAge {
				monthly = int64(float64(info.Size()) / age.Hours() * 24 * 30)
			}
		}
	}
	return doctor.Disk(p.config.State, info.Size(), monthly)
}

// leastAge is how old a store must be to tell how fast it grows; a first look at everything is no growth.
const leastAge = 14 * 24 * time.Hour

// look reads the store, through the daemon where one runs.
func (p *patient) look(ctx context.Context) (web.Reader, func(), error) {
	path := filepath.Join(p.config.State, storeFile)
	if err := regular(path); err != nil {
		return nil, nil, err
	}
	if d, err := web.Dial(ctx, p.config.State); err == nil {
		return d, func() { d.Close() }, nil
	}
	db, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	return db, func() { db.Close() }, nil
}

func (p *patient) store(ctx context.Context) []doctor.Finding {
	r, done, err := p.look(ctx)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return finding(doctor.OK, doctor.T("まだありません（初回に作ります）", "there is none yet; the first start makes it"), kaisei.Text{})
	case errors.Is(err, kaisei.ErrLocked):
		return finding(doctor.Fail, doctor.T("他のプロセスが開いたまま応答しません", "another process holds it and does not answer"), doctor.T("その kaisei を止めて、もう一度起動してください。", "Stop that kaisei and start it again."))
	case err != nil:
		return finding(doctor.Fail, doctor.T("開けません: %v", "it does not open: %v", err), doctor.T("kaisei db check で調べ、必要なら控え（kaisei db backup）から戻してください。", "Run kaisei db check; where it is damaged, restore a backup."))
	}
	defer done()
	st, err := r.Stats()
	if err == nil {
		_, err = r.Polls()
	}
	if err == nil {
		_, err = r.Changes(kaisei.ChangeQuery{Newest: true, Limit: 1})
	}
	if err != nil {
		return finding(doctor.Fail, doctor.T("読めません: %v", "it cannot be read: %v", err), doctor.T("kaisei db check で調べてください。", "Run kaisei db check."))
	}
	text := doctor.T("開けます。文書 %d、版 %d、変更 %d", "it opens: %d documents, %d versions, %d changes", st.Documents, st.Versions, st.Changes)
	if st.Dead > 0 {
		return finding(doctor.Warn, doctor.T("届けられなかった通知が %d件あります", "%d messages could not be delivered", st.Dead), doctor.T("kaisei outbox list --state dead で原因を見て、直したら kaisei outbox retry で送り直してください。", "See why with kaisei outbox list --state dead and, once it is put right, send them with kaisei outbox retry."))
	}
	return finding(doctor.OK, text, kaisei.Text{})
}

// idleTooLong is how long a running daemon may go without a look; the busiest sources are asked every
// hour or two, also at night.
const idleTooLong = 6 * time.Hour

func (p *patient) daemon(ctx context.Context) []doctor.Finding {
	d, err := web.Dial(ctx, p.config.State)
	if err != nil {
		return finding(doctor.Warn, doctor.T("動いていません", "it does not run"), doctor.T("kaisei serve で始めてください（systemd なら docs/kaisei.service）。", "Start it with kaisei serve (with systemd, see docs/kaisei.service)."))
	}
	defer d.Close()
	if _, err := d.Health(ctx); err != nil {
		return finding(doctor.Fail, doctor.T("動いていますが、異常です: %v", "it runs and is not well: %v", err), doctor.T("再起動してください。", "Restart it."))
	}
	polls, err := d.Polls()
	if err != nil {
		return finding(doctor.Fail, doctor.T("動いていますが、答えません: %v", "it runs and does not answer: %v", err), doctor.T("再起動してください。", "Restart it."))
	}
	var last time.Time
	for _, one := range polls {
		if one.LastLook.After(last) {
			last = one.LastLook
		}
	}
	ja, en := render.Ago(last, time.Now(), "ja"), render.Ago(last, time.Now(), "en")
	text := kaisei.Text{JA: "動いています。最後の確認: " + ja, EN: "it runs; last look: " + en}
	if !last.IsZero() && time.Since(last) > idleTooLong {
		return finding(doctor.Fail, text, doctor.T("予定どおりに確認していません。時計を確かめ、再起動してください。", "It does not look when it should. See the clock, and restart it."))
	}
	return finding(doctor.OK, text, kaisei.Text{})
}

// pdf has the child read a PDF of one word.
func (p *patient) pdf(ctx context.Context) []doctor.Finding {
	ex, end, err := p.extractor()
	if err == nil {
		defer end()
		var r extract.Reading
		if r, err = ex.Read(ctx, extract.Input{Body: tinyPDF(), URL: "tiny.pdf"}); err == nil && (len(r.Blocks) == 0 || !strings.Contains(r.Blocks[0].Text, tinyWord)) {
			err = errors.New("the word was not found")
		}
	}
	if err != nil {
		return finding(doctor.Fail, doctor.T("PDFを読めません: %v", "PDFs cannot be read: %v", err), doctor.T("メモリの制限（ulimit -v は2GB以上か無制限）、実行ファイルの権限、キャッシュのフォルダを確かめてください。", "See the limit of memory (ulimit -v: 2 GB or none), the permissions of the executable, and the cache folder."))
	}
	return finding(doctor.OK, doctor.T("PDFを読めます", "PDFs can be read"), kaisei.Text{})
}

// tinyWord is the word of the tiny PDF, and its codes in UTF-16.
const (
	tinyWord  = "改正"
	tinyCodes = "6539 6B63"
)

// tinyPDF is a PDF of one page that says one Japanese word.
func tinyPDF() []byte {
	content := "BT /F1 24 Tf 72 720 Td <" + strings.ReplaceAll(tinyCodes, " ", "") + "> Tj ET"
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/UniJIS-UTF16-H/DescendantFonts[6 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 7 0 R>>",
		"<</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 4/FontBBox[-123 -257 1001 910]/ItalicAngle 0/Ascent 709/Descent -241/CapHeight 709/StemV 69>>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// channels are the checks of the operator's channels.
func (p *patient) channels() []doctor.Check {
	if p.broken != nil {
		return nil
	}
	_, speak, err := senders(p.config, p.writing(), p.logger(p.config.Log), p.stdout, false, 0)
	if err != nil {
		return nil
	}
	var out []doctor.Check
	notices := false
	for _, c := range p.config.Channels {
		notices = notices || c.Notices
		probe, ok := speak[c.Name].(notify.Prober)
		if !ok {
			continue
		}
		out = append(out, doctor.Check{
			Name: "channel/" + c.Name, Title: doctor.T("通知先 %s", "channel %s", c.Name), Network: true,
			Run: func(ctx context.Context) []doctor.Finding {
				if err := probe.Probe(ctx); err != nil {
					return finding(doctor.Fail, doctor.T("届きません: %v", "it cannot be reached: %v", err), doctor.T("設定の [[channel]] %s を確かめてください。届くまで通知は待ちます。", "See [[channel]] %s in the configuration. Messages wait until it can be reached.", c.Name))
				}
				return finding(doctor.OK, doctor.T("届きます（何も送っていません）", "it can be reached (nothing was sent)"), kaisei.Text{})
			},
		})
	}
	if !notices {
		out = append(out, doctor.Check{Name: "notices", Title: doctor.T("運用通知", "notices"), Run: func(context.Context) []doctor.Finding {
			return finding(doctor.Warn, doctor.T("情報源の異常を知らせる先がありません", "no channel is told when a source fails"), doctor.T("どれかの [[channel]] に notices = true を書いてください。", "Write notices = true in one [[channel]]."))
		}})
	}
	return out
}

// printFindings prints a line for each finding, and what to do below it.
func (a *app) printFindings(found []doctor.Finding) error {
	if a.json {
		for _, f := range found {
			if err := a.printJSON(f); err != nil {
				return err
			}
		}
		return nil
	}
	lang := a.voice()
	wide := 0
	for _, f := range found {
		wide = max(wide, columns(f.Title.In(lang.ID())))
	}
	counts := map[doctor.Level]int{}
	for _, f := range found {
		counts[f.Level]++
		title := render.Clean(f.Title.In(lang.ID()))
		level := render.LevelName(string(f.Level), lang)
		code := map[doctor.Level]string{doctor.OK: "32", doctor.Warn: "33", doctor.Fail: "31", doctor.Skip: "90"}[f.Level]
		pad := strings.Repeat(" ", max(0, levelWidth-columns(level)))
		fmt.Fprintf(a.stdout, "%s%s%s%s  %s\n", a.colored(code, level), pad, title, strings.Repeat(" ", max(0, wide-columns(title))), render.Clean(f.Text.In(lang.ID())))
		if do := f.Do.In(lang.ID()); do != "" {
			fmt.Fprintf(a.stdout, "%s→ %s\n", strings.Repeat(" ", levelWidth), render.Clean(do))
		}
	}
	fmt.Fprintf(a.stdout, "\n%s\n", render.DoctorSummary(counts[doctor.Fail], counts[doctor.Warn], lang))
	return nil
}

// levelWidth is how many columns the level of a finding takes.
const levelWidth = 6
