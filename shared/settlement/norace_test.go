//go:build !race

package settlement_test

const generatedReports = 10_000
