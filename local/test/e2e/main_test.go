// Package e2e holds the tests of what a customer lives through: a real browser in front of the shop, the HTTP API, the
// functions' binaries, the embedded DynamoDB and DOKU's sandbox, none of them replaced.
package e2e

import (
	"testing"

	"kasir/local/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }
