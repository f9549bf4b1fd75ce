package sources

import (
	"regexp"

	"kaisei/internal/kaisei"
)

// billState is a bill as a row of the Diet's list names it, with the state that stands behind its title:
// 「217 29 人工知能関連技術の研究開発及び活用の推進に関する法律案 成立」.
var billState = regexp.MustCompile(`^(.*(?:法律案|決議案|規則案|予算|条約|協定|議定書|求めるの件)\S*) ((?:(?:衆議院|参議院|両院|本院)(?:で|にて|の)?)?(?:提出|議案受理|付託|回付案(?:を)?審議中|審議中|審査中|閉会中審査|継続審査|可決|議決|議了|承認|同意|成立|公布|否決|不承認|審査未了|未了|撤回|みなし否決))$`)

// stateKey is the identity of the line that says how far a bill has come.
const stateKey = "審議状況"

// bill takes the state off the title of a bill: the bill stays the same item while it passes through the
// Diet, and its state is text that changes. state is nil for anything else.
func bill(title string) (name string, state *kaisei.Block) {
	m := billState.FindStringSubmatch(title)
	if m == nil {
		return title, nil
	}
	return m[1], &kaisei.Block{Path: []string{}, Kind: kaisei.BlockRow, Key: stateKey, Text: stateKey + "：" + m[2]}
}
