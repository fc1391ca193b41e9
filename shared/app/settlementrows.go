package app

import (
	"kasir/shared/function"
	"kasir/shared/settlement"
)

func withReports(f function.Function) bool { return f.Reports }
func settles(f function.Function) bool     { return f.Settles }

// settlementRows are the settings of settlements.
func settlementRows(s *Settings) []row {
	return []row{
		{"SETTLE_WITHIN", useCases, workingDays(&s.SettleWithin)},
		{"HOLIDAYS", useCases, holidays(&s.Holidays)},
		{"REPORTS_BUCKET", withReports, required(&s.Reports, "the bucket of settlement reports")},
		{"AWS_ENDPOINT_URL_S3", withReports, endpoint(&s.ReportsURL)},
		{"SETTLE_COLUMNS", settles, parsed(&s.Settlement.Columns, settlement.ParseColumns)},
		{"SETTLE_WORDS", settles, parsed(&s.Settlement.Words, settlement.ParseWords)},
		{"SETTLE_CHANNELS", settles, parsed(&s.Settlement.Channels, settlement.ParseNames)},
		{"SETTLE_MERCHANT", settles, parsed(&s.Settlement.Merchants, settlement.ParseNames)},
		{"FEE", settles, parsed(&s.Settlement.Fee, settlement.ParseFee)},
	}
}
