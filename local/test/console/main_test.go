// Package console tests the operator's console as people use it: a real browser, the built page and functions, the
// HTTP API, and DOKU's sandbox, none of them replaced.
package console

import (
	"testing"

	"kasir/local/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }
