// Package diff compares two readings of a document block by block and says what a
// legal editor would say: which clauses were added, removed, changed, moved and
// renumbered, and which words inside them differ.
//
// Its one promise is that every difference in wording stands in an edit and that
// nothing else does. Wording is what ja.Key leaves of a text once ja.Enumerator took
// its number or bullet off: line breaks, widths, fonts, radicals, spaces and the
// signs in front of list items are no wording. Nor are the number of a footnote and of
// a reference to one (前掲脚注15), the page on which a note stands, and whether a
// sentence shares its block with the next.
//
// Blocks pairs the blocks of the two readings, in stages that each leave less to the next:
//
//  1. blocks with the same Block.Key, where such keys name a block and do not just
//     count places as those of a law do;
//  2. blocks whose wording stands once on either side, as far as they are in order;
//  3. between those, blocks of equal wording in order, first under equal headings, then
//     clauses that were only cut differently (split or merged), then those nearly the same;
//  4. wording that stands once on either side, wherever it is: these moved;
//  5. between what is in order, similar clauses, by the share of two-character sequences
//     they have in common, helped by number, heading and neighbours, and headings
//     whose clauses are pairs;
//  6. what is left anywhere, where it is long and similar enough to be a move, and what is
//     left with the same Block.Key;
//  7. parts of a clause that was split or merged and changed besides.
//
// Of all pairs, the heaviest chain that is in order on both sides stays; the others moved.
//
// Time and memory are bounded. Where a comparison is larger than the constants in
// limits.go allow, blocks are compared only with those that share rare sequences
// with them, and sequences are compared by the fast heuristic of znkr.io/diff. The
// answer is then still complete and exact in what it quotes, but may show more as
// removed and added than the least possible.
package diff

import (
	"kaisei/internal/kaisei"
)

// Blocks returns the edits that lead from prev to next, in the order of next, a
// removed block where it stood among its old neighbours. Equal wording gives none.
//
// A renumbered heading or article is one edit and its clauses none, and so is one
// that moved with its clauses. A block that is only farther down because others were
// put in before it has not moved. Words changed and number changed is EditChanged; moved
// and changed is EditMoved with spans that differ. Where a clause was split or
// merged and its words were changed too, Before or After holds the blocks concerned
// joined by line breaks, and the edit has the kind, path and page of the first.
//
// Spans of an edit are those of Inline. A note's number is never marked.
func Blocks(prev, next []kaisei.Block) []kaisei.Edit {
	c := newComparison(prev, next)
	if c.equal() {
		return nil // the usual case, told without pairing anything
	}
	c.align()
	return c.edits()
}

// TextHash returns kaisei.TextHash over the wording of blocks, including their
// enumerators but not their bullets and note numbers. Equal hashes mean that Blocks finds
// nothing; the converse does not hold, since a clause cut in two changes the hash.
func TextHash(blocks []kaisei.Block) string {
	r := newReader()
	keys := make([]string, 0, 2*len(blocks))
	for i := range blocks {
		if mark, key := r.wording(blocks, i); key != "" || mark != "" {
			keys = append(keys, mark, key)
		}
	}
	return kaisei.TextHash(keys)
}
