package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"kaisei/internal/kaisei"
)

// Bounds of what is well on a machine.
const (
	// LeastFree is the free space below which a store stops soon, FewFree below which somebody should look.
	LeastFree = 100 << 20
	FewFree   = 1 << 30
	// SlowSync and DeadSync are how long one write to disk may take before it is slow, and too slow.
	SlowSync = 100 * time.Millisecond
	DeadSync = time.Second
	// FewFiles and LeastFiles are limits of open files.
	FewFiles   = 1024
	LeastFiles = 256
)

// syncs is how many writes to disk are timed; the middle one counts.
const syncs = 5

// Folder checks that a folder can be written to and is its owner's alone. A folder that is not there is
// made by the daemon, if its parent lets it.
func Folder(path string) []Finding {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		parent := existing(path)
		if unix.Access(parent, unix.W_OK) != nil {
			return one(Fail, T("%s はまだなく、%s に書き込めません", "%s is not there yet, and %s cannot be written to", path, parent),
				T("kaisei の利用者のものにしてください: chown", "Give it to the user who runs kaisei (chown), or name another folder."))
		}
		return fine(T("%s はまだありません（初回に作ります）", "%s is not there yet and is made at the first start", path))
	case err != nil:
		return one(Fail, T("%s を開けません: %v", "%s cannot be opened: %v", path, err), T("権限を確かめてください。", "See its permissions."))
	case !info.IsDir():
		return one(Fail, T("%s はフォルダではありません", "%s is no folder", path), T("別のフォルダを指定してください。", "Name another folder."))
	}
	f, err := os.CreateTemp(path, ".kaisei-doctor-*")
	if err != nil {
		return one(Fail, T("%s に書き込めません: %v", "%s cannot be written to: %v", path, cause(err)),
			T("所有者と権限、読み取り専用のマウントでないかを確かめてください。", "See its owner and permissions, and whether it is mounted read-only."))
	}
	name := f.Name()
	defer os.Remove(name)
	if err := f.Close(); err != nil {
		return one(Fail, T("%s に書き込めません: %v", "%s cannot be written to: %v", path, cause(err)), T("空き容量を確かめてください。", "See whether there is space left."))
	}
	if info.Mode().Perm()&0o022 != 0 {
		return one(Warn, T("%s に他の利用者も書き込めます（%#o）", "others may write to %s (%#o)", path, info.Mode().Perm()), T("chmod 700 としてください。", "chmod 700 it."))
	}
	return fine(T("%s に書き込めます", "%s can be written to", path))
}

// existing is the nearest folder above path that is there.
func existing(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "."
	}
	for dir := filepath.Dir(abs); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
	}
}

// cause is an error without the path in front, which the caller has said.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Secrets checks that a file which may hold secrets is not readable by others. secrets says whether
// the configuration has any.
func Secrets(path string, secrets bool) []Finding {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return one(Fail, T("%s を開けません: %v", "%s cannot be opened: %v", path, cause(err)), T("--config か KAISEI_CONFIG を確かめてください。", "See --config or KAISEI_CONFIG."))
	case secrets && info.Mode().Perm()&0o044 != 0:
		return one(Warn, T("%s は他の利用者も読めます（%#o）。秘密が書かれているかもしれません", "others may read %s (%#o), which may hold secrets", path, info.Mode().Perm()),
			T("chmod 600 とするか、秘密を env: または file: で渡してください。", "chmod 600 it, or give secrets as env: or file:."))
	case info.Mode().Perm()&0o022 != 0:
		return one(Warn, T("%s は他の利用者も書き換えられます（%#o）", "others may write to %s (%#o)", path, info.Mode().Perm()), T("chmod 600 としてください。", "chmod 600 it."))
	}
	return fine(T("%s は他の利用者から守られています", "%s is kept from others", path))
}

// Disk checks the space around a store of the given size, of which a compaction needs as much again.
// monthly is how much the store grows in a month, 0 where that is not known yet.
func Disk(path string, store, monthly int64) []Finding {
	var st unix.Statfs_t
	if err := unix.Statfs(existing(filepath.Join(path, "x")), &st); err != nil {
		return one(Warn, T("空き容量を調べられません: %v", "the free space cannot be found: %v", err), T("df で確かめてください。", "See df."))
	}
	free := int64(st.Bavail) * int64(st.Bsize) // the types differ between systems
	return space(free, store, monthly)
}

func space(free, store, monthly int64) []Finding {
	text := T("空き %s、記録 %s", "%s free, store %s", bytesOf(free), bytesOf(store))
	if monthly > 0 {
		text.JA += fmt.Sprintf("、増加 月%s（この調子で約%dか月分の空き）", bytesOf(monthly), free/monthly)
		text.EN += fmt.Sprintf(", grows by %s a month (room for about %d months)", bytesOf(monthly), free/monthly)
	}
	switch {
	case free < LeastFree || free < store/4:
		return one(Fail, text, T("空きを増やしてください。記録が止まると変更を見落とします。", "Make room: a store that cannot write misses changes."))
	case free < FewFree || free < store || monthly > 0 && free/monthly < 3:
		return one(Warn, text, T("空きを増やすか、kaisei db compact で縮めてください（記録と同じだけの空きが要ります）。", "Make room, or run kaisei db compact, which needs as much space as the store."))
	}
	return fine(text)
}

func bytesOf(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", n>>10)
}

// Sync times how long a small write takes to reach the disk, as each commit of the store does.
func Sync(path string) []Finding {
	dir := existing(filepath.Join(path, "x"))
	f, err := os.CreateTemp(dir, ".kaisei-doctor-*")
	if err != nil {
		return one(Skip, T("%s に書き込めないため測れません", "not timed: %s cannot be written to", dir), kaisei.Text{})
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var took []time.Duration
	for range syncs {
		start := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return one(Fail, T("%s に書き込めません: %v", "%s cannot be written to: %v", dir, cause(err)), T("空き容量とディスクを確かめてください。", "See the free space and the disk."))
		}
		if err := f.Sync(); err != nil {
			return one(Fail, T("ディスクに書き終えられません: %v", "the disk does not keep what is written: %v", cause(err)), T("ディスクの障害を調べてください。", "See whether the disk is failing."))
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return syncTook(took[len(took)/2])
}

func syncTook(d time.Duration) []Finding {
	text := T("書き込みの確定に %s", "a write reaches the disk in %s", d.Round(10*time.Microsecond))
	switch {
	case d >= DeadSync:
		return one(Fail, text, T("ネットワーク上のフォルダや故障しかけたディスクに置かないでください。", "Keep the store off network folders and failing disks."))
	case d >= SlowSync:
		return one(Warn, text, T("より速いディスクに置くと、確認が滞りません。", "Put the store on a faster disk, lest looks pile up."))
	}
	return fine(text)
}

// Files checks how many files the process may have open.
func Files() []Finding {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return one(Warn, T("開けるファイル数を調べられません: %v", "the limit of open files cannot be found: %v", err), kaisei.Text{})
	}
	return files(r.Cur)
}

func files(limit uint64) []Finding {
	text := T("同時に開けるファイル %d", "%d files may be open at once", limit)
	do := T("ulimit -n または systemd の LimitNOFILE で %d 以上にしてください。", "Raise it to %d or more with ulimit -n or LimitNOFILE of systemd.", FewFiles)
	switch {
	case limit < LeastFiles:
		return one(Fail, text, do)
	case limit < FewFiles:
		return one(Warn, text, do)
	}
	return fine(text)
}

// Zone checks that the program counts Japan's days, whatever the machine's zone is.
func Zone(tz string) []Finding {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).In(kaisei.JST)
	if _, offset := at.Zone(); offset != 9*3600 {
		return one(Fail, T("日本標準時が %d 秒ずれています", "Japan Standard Time is %d seconds ahead of UTC here", offset), T("この内容を開発元に知らせてください。", "Please report this."))
	}
	return fine(T("このコンピューターの時間帯（%s）は影響しません。予定も表示も日本標準時です", "the zone of this machine (%s) does not matter: schedules and printed times are Japan's", tz))
}
