package lambda

import (
	"os/exec"
	"syscall"
)

// alone gives the process a group of its own: Ctrl-C in the console is for the parent to act on.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// askToEnd ends the process at once: Windows has no SIGTERM.
func askToEnd(cmd *exec.Cmd) { cmd.Process.Kill() }

// end ends the process, but not the processes that it has started.
func end(cmd *exec.Cmd) { cmd.Process.Kill() }
