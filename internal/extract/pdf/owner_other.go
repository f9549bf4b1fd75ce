//go:build !unix

package pdf

import "io/fs"

// ownedByUs leaves the question to the permissions of the system.
func ownedByUs(fs.FileInfo) bool { return true }
