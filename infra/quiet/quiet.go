// Package quiet prepares for jsii in its init, and is imported for that alone. It silences jsii's banner about Node 20,
// and checks that jsii can unpack its runtime. jsii copies the environment and unpacks when its own packages are
// initialised, which is after this package and before any main or test begins. A failure there is a panic.
package quiet

import (
	"fmt"
	"os"
)

func init() {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	if err := CheckTemp(os.TempDir()); err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		os.Exit(1)
	}
}

// CheckTemp returns an error if a folder cannot hold the temporary files of the CDK.
func CheckTemp(dir string) error {
	probe, err := os.MkdirTemp(dir, "kasir-infra-")
	if err != nil {
		return fmt.Errorf("the folder for temporary files cannot be used: %w: "+
			"set TMPDIR to a folder that exists and that you may write to", err)
	}
	return os.Remove(probe)
}
