//go:build unix

package lambda

import (
	"os/exec"
	"syscall"
)

// alone gives the process a group of its own: Ctrl-C in the terminal is for the parent to act on, and what a bootstrap
// script starts ends with it.
func alone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// askToEnd sends SIGTERM to the process group.
func askToEnd(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// end sends SIGKILL to the process group.
func end(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
