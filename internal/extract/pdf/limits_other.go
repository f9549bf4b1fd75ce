//go:build !linux

package pdf

import "os/exec"

// limitAddressSpace does nothing: only the sandbox's own limit holds here.
func limitAddressSpace(uint64) error { return nil }

// dieAtProcessorLimit does nothing: there is no such limit here.
func dieAtProcessorLimit() {}

// limitProcessor does nothing: only the parent's deadline holds here.
func limitProcessor(int) error { return nil }

// dieWithParent does nothing: the child ends when its standard input closes.
func dieWithParent(*exec.Cmd) {}
