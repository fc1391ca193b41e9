//go:build race

package settlement_test

// generatedReports is the number of generated reports. The race detector makes each ten times as slow.
const generatedReports = 1000
