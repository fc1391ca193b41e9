//go:build unix

package lambda

import (
	"os/exec"
	"syscall"
)

// setProcessGroup gives the process a group of its own. Ctrl-C in the terminal then reaches only the parent, and the
// children of a bootstrap script end with it.
func setProcessGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// terminate sends SIGTERM to the process group.
func terminate(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// killProcess sends SIGKILL to the process group.
func killProcess(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
