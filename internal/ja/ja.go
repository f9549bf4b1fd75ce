// Package ja holds facts of the Japanese language, as government documents use it:
// which differences in print are no differences in wording, how clauses are
// numbered, how dates and versions are written, which ending of a sentence binds
// how hard.
//
// The package knows neither sources nor changes. Every function is pure and safe
// for use by several goroutines, takes text as it was printed, and never changes
// what people see: a comparison key is made to be compared and thrown away.
package ja
