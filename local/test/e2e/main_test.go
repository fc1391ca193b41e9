// Package e2e tests kasir as a customer uses it: a real browser, the shop, the HTTP API, the functions' binaries, the
// embedded DynamoDB and DOKU's sandbox, none of them replaced.
package e2e

import (
	"testing"

	"kasir/local/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }
