// Package accuracy measures how well documents are read and compared, on real documents
// and against other ways of knowing what they say: the same paper as Word file and as PDF,
// what poppler finds on the same pages, transcribed pages, the article texts of laws, and
// edits that were made on purpose.
//
// It holds tests only. They fail where a figure falls below its goal, and
//
//	go test ./internal/accuracy -run Accuracy -update
//
// writes the figures to docs/accuracy.md. Nothing in the checks rests on the code that is
// measured: sentences, articles and keys are cut and folded here by other, simpler means.
package accuracy
