//go:build unix

package stack

import "syscall"

// openFiles returns how many files a process may open.
func openFiles() (limit uint64, limited bool) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return 0, false
	}
	return uint64(files.Cur), true
}
