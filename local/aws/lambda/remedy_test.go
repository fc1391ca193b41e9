package lambda

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// The error names a remedy when this machine is short of something, wherever that shows.
func TestAShortageHasARemedy(t *testing.T) {
	for number, want := range map[syscall.Errno]string{
		syscall.EMFILE: "ulimit -n", syscall.ENFILE: "ulimit -n", syscall.EAGAIN: "ulimit -u", syscall.ENOMEM: "memory",
		syscall.ENOENT: "",
	} {
		err := fmt.Errorf("listen: %w", os.NewSyscallError("socket", number))
		if got := remedy(err); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q", number, got, want)
		}
	}
}
