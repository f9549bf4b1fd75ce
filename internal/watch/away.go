package watch

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
)

// maxAway is how many hosts to which no link was followed a look names.
const maxAway = 5

// allowed leaves the targets that are not to be asked for and those on hosts to which the source may lead,
// and says for the ledger to which hosts no link was followed.
func (v *visit) allowed(targets []kaisei.Target) (kept []kaisei.Target, away string) {
	from, err := url.Parse(v.s.URL)
	if err != nil || v.s.Fetch.Hosts == nil {
		return targets, ""
	}
	hosts := map[string]int{}
	for _, t := range targets {
		if t.Blocks == nil && (t.As == kaisei.FollowDocument || t.As == kaisei.FollowListing) {
			if to, err := url.Parse(t.URL); err != nil {
				hosts["?"]++
				continue
			} else if !fetch.MayLead(from, to, v.s.Fetch.Hosts) {
				hosts[strings.ToLower(to.Hostname())]++
				continue
			}
		}
		kept = append(kept, t)
	}
	if len(hosts) == 0 {
		return targets, ""
	}
	names := slices.SortedFunc(maps.Keys(hosts), func(a, b string) int {
		return cmp.Or(hosts[b]-hosts[a], strings.Compare(a, b))
	})
	var said []string
	for _, h := range names[:min(len(names), maxAway)] {
		said = append(said, fmt.Sprintf("%s (%d)", clip(h, 80), hosts[h]))
	}
	if len(names) > maxAway {
		said = append(said, fmt.Sprintf("and %d more hosts", len(names)-maxAway))
	}
	return kept, "links not followed, see fetch.hosts: " + strings.Join(said, ", ")
}
