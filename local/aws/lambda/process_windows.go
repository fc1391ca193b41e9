package lambda

import (
	"os/exec"
	"syscall"
)

// setProcessGroup gives the process a group of its own. Ctrl-C in the console then reaches only the parent.
func setProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// terminate kills the process at once, because Windows has no SIGTERM.
func terminate(cmd *exec.Cmd) { cmd.Process.Kill() }

// killProcess kills the process, but not its children.
func killProcess(cmd *exec.Cmd) { cmd.Process.Kill() }
