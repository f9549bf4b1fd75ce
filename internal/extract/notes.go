package extract

import (
	"fmt"
	"strconv"
)

// setAside is how notes begin that tell of text left out of the blocks.
const setAside = "set aside: "

// notes collects remarks, each once, in the order in which they first came up.
type notes struct {
	list []string
	seen map[string]bool
}

func (n *notes) add(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if n.seen[s] {
		return
	}
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	n.seen[s] = true
	n.list = append(n.list, s)
}

// count adds a note about n things, unless there are none.
func (n *notes) count(k int, one, many string) {
	switch {
	case k == 1:
		n.add("1 %s", one)
	case k > 1:
		n.add("%s %s", strconv.Itoa(k), many)
	}
}

// boundNotes keeps the first notes of a reading that has very many.
func boundNotes(list []string) []string {
	if len(list) <= MaxNotes {
		return list
	}
	return append(list[:MaxNotes-1:MaxNotes-1], fmt.Sprintf("%d more notes", len(list)-MaxNotes+1))
}
