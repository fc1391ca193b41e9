package main

import (
	"errors"
	"testing"

	"kasir/shared/settlement"
)

// A report is read twice, which a pipe or a device does not allow: nothing is stored for it.
func TestAReportIsAFile(t *testing.T) {
	var usage usageError
	if _, err := openReport(t.TempDir(), settlement.Options{}); !errors.As(err, &usage) {
		t.Errorf("%v, want an error in the command line", err)
	}
}
