// Package pdf reads the text of PDF documents as blocks: headings, paragraphs,
// clauses, table rows, notes.
//
// A PDF holds no text but glyphs at places. Two parts turn it into a document.
//
// The child is this executable started again with a hidden argument (Main is its
// body). It runs pdfium as WebAssembly, without a file system, under limits of memory
// and processor time, and says which glyph stands where (a sheet per page). It is kept warm: the
// first document costs the compilation of pdfium, or some tenths of a second with a
// compilation cache, later ones only their own reading. A document that hangs or
// exhausts it costs the child its life and nothing else.
//
// The parent (Worker) judges the layout, in functions of sheets to blocks that touch
// nothing: which glyphs make a line, which lines a column, a table, a note, a running head; where
// a paragraph goes on, over lines and over pages; what is a heading, and of which level. Its
// one promise is that page breaks leave no trace: a document typeset again with other margins gives
// the same block texts.
//
// Text is given as printed. It is not folded, and nothing is added but the single
// space that joins two lines of Latin script.
package pdf

import "kaisei/internal/kaisei"

// Revision names the reading that this package gives. It changes whenever the same
// bytes would give other blocks.
const Revision = "pdf/2"

// Reading is a document as read.
type Reading struct {
	// Title is the title printed on the first page, else the one in the file's properties.
	Title  string
	Blocks []kaisei.Block
	Pages  int
	// Notes says what an operator may want to know: pages that are images, characters
	// that the file does not name.
	Notes []string
}
