//go:build !race

package pdf

// maxAddressSpace bounds the child as a whole (RLIMIT_AS). Under 2 GB the compilation
// of pdfium cannot map its code.
const maxAddressSpace = 3 << 30
