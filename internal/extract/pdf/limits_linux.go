package pdf

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// limitAddressSpace bounds the memory that this process can map.
func limitAddressSpace(bytes uint64) error {
	return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: bytes, Max: bytes})
}

// dieAtProcessorLimit ends this process when the system says that its processor time is
// used up; Go would pass over the signal. Code of the sandbox is never interrupted, so a processor
// beside those of the two sandboxes is needed to notice.
func dieAtProcessorLimit() {
	runtime.GOMAXPROCS(max(3, runtime.GOMAXPROCS(0)))
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGXCPU)
	go func() {
		<-c
		fmt.Fprintln(os.Stderr, processorLimit)
		os.Exit(1)
	}()
}

// limitProcessor gives this process so many more seconds of processor time; after
// them the system ends it, even where its parent does not.
func limitProcessor(seconds int) error {
	if seconds <= 0 {
		return nil
	}
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return err
	}
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CPU, &now); err != nil {
		return err
	}
	soft := uint64(used.Utime.Sec + used.Stime.Sec + 1 + int64(seconds))
	return unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: min(soft, now.Max), Max: now.Max})
}

// dieWithParent has the system kill the child when the thread that started it ends.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
