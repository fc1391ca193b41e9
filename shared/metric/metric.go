// Package metric holds the one list of metrics. The functions write the values into their log lines in CloudWatch's
// embedded metric format. The deployment makes a graph or an alarm of every row.
package metric

import "slices"

// Name is a metric's name in CloudWatch.
type Name string

// Names.
const (
	PagesCreated           Name = "PagesCreated"
	PaymentsAuthorized     Name = "PaymentsAuthorized"
	PaymentsPaid           Name = "PaymentsPaid"
	PaymentsFailed         Name = "PaymentsFailed"
	PaymentsLate           Name = "PaymentsLate"
	PaymentsUnnotified     Name = "PaymentsUnnotified"
	Captures               Name = "Captures"
	Refunds                Name = "Refunds"
	Notifications          Name = "Notifications"
	BadSignatures          Name = "BadSignatures"
	Refusals               Name = "Refusals"
	TurnedAway             Name = "TurnedAway"
	UnknownOutcomes        Name = "UnknownOutcomes"
	OperationsParked       Name = "OperationsParked"
	Conflicts              Name = "Conflicts"
	AuthorizationsExpiring Name = "AuthorizationsExpiring"
	ReconcileRuns          Name = "ReconcileRuns"
	ReconcileFailed        Name = "ReconcileFailed"
	ReconcileLeft          Name = "ReconcileLeft"
	StatusUnanswered       Name = "StatusUnanswered"
	AutoCapturesFailed     Name = "AutoCapturesFailed"
	Remarks                Name = "Remarks"
	StoreFailures          Name = "StoreFailures"
	EventsDelivered        Name = "EventsDelivered"
	DeliveriesFailed       Name = "DeliveriesFailed"
	EventsGivenUp          Name = "EventsGivenUp"
	DeliveryAge            Name = "DeliveryAge"
	DOKULatency            Name = "DOKULatency"
	SettlementsRead        Name = "SettlementsRead"
	SettlementDifferences  Name = "SettlementDifferences"
	SettlementsRefused     Name = "SettlementsRefused"
	AttentionOpened        Name = "AttentionOpened"
	OpenAttention          Name = "OpenAttention"
)

// Result is the only dimension. Only Notifications has it, since CloudWatch bills every value of a dimension as a
// metric of its own.
const Result = "Result"

// Results are the values of Result.
var Results = []string{"applied", "duplicate", "ignored", "orphaned", "refused"}

// Units of CloudWatch.
const (
	Count        = "Count"
	Milliseconds = "Milliseconds"
)

// Metric is one row.
type Metric struct {
	Name       Name
	Unit       string // Count, to be summed, or Milliseconds, for percentiles
	Meaning    string // in one line
	Do         string // remedy for a count above 0 or a high latency; empty for a metric that is only a graph
	ByResult   bool   // it is written both with and without the dimension Result
	Gauge      bool   // the value is a state and not a sum; 0 is written too
	Settlement bool   // only stages with settlement have it
}

// All lists every metric. A count of 0 is not written, so a missing value means 0, except for a gauge.
var All = []Metric{
	{Name: PagesCreated, Unit: Count, Meaning: "payment pages that DOKU issued"},
	{Name: PaymentsAuthorized, Unit: Count, Meaning: "payments whose amount was reserved on the card"},
	{Name: PaymentsPaid, Unit: Count, Meaning: "payments whose money was taken, at once or by a capture"},
	{Name: PaymentsFailed, Unit: Count, Meaning: "attempts that DOKU or the bank declined; another card may still pay"},
	{Name: PaymentsLate, Unit: Count, Meaning: "payments whose money came after the page had expired"},
	{Name: PaymentsUnnotified, Unit: Count, Meaning: "payments that kasir learned of only by check status",
		Do: "check the notification URL in DOKU's Back Office, and BadSignatures: notifications do not arrive"},
	{Name: Captures, Unit: Count, Meaning: "captures that kasir asked for and DOKU carried out"},
	{Name: Refunds, Unit: Count, Meaning: "refunds that DOKU agreed to"},
	{Name: Notifications, Unit: Count, ByResult: true, Meaning: "posts to the notification URL, by their result"},
	{Name: BadSignatures, Unit: Count,
		Meaning: "posts to the notification URL that DOKU did not sign for this merchant",
		Do: "find out with kasir verify whether key, notification path or clock differ; a few come from strangers on " +
			"the internet"},
	{Name: Refusals, Unit: Count, Meaning: "calls that DOKU refused for their content"},
	{Name: TurnedAway, Unit: Count, Meaning: "calls that DOKU turned away unread: key, client id, clock or rate",
		Do: "read doku_code in the log lines; check the secret and whether its key was rotated"},
	{Name: UnknownOutcomes, Unit: Count, Meaning: "calls of DOKU whose outcome could not be learned",
		Do: "nothing for one, since reconciliation asks again; if they go on, DOKU or the network to it is down"},
	{Name: OpenAttention, Unit: Count, Gauge: true,
		Meaning: "orders with open cases, for which a person must act; counted every minute",
		Do:      "settle each: kasir orders --attention has what to do, where to look and the command"},
	{Name: AttentionOpened, Unit: Count, Meaning: "new cases for which a person must act",
		Do: "read the new case: kasir orders --attention has what to do, where to look and the command"},
	{Name: OperationsParked, Unit: Count,
		Meaning: "captures and refunds that DOKU can no longer be asked about safely"},
	{Name: Conflicts, Unit: Count, Meaning: "orders about which DOKU reported something that does not match the order"},
	{Name: AuthorizationsExpiring, Unit: Count, Meaning: "authorisations with 48 h left to be captured"},
	{Name: ReconcileRuns, Unit: Count,
		Meaning: "runs of reconcile that came to their end; two a minute, for money and for pages"},
	{Name: ReconcileFailed, Unit: Count, Meaning: "orders that reconcile could not look at; they stay due",
		Do: "nothing for one; if it goes on, read the lines \"reconcile failed\""},
	{Name: ReconcileLeft, Unit: Count, Meaning: "shards that a run of reconcile had no time for",
		Do: "nothing for one; if it goes on, more is due than a minute allows: DOKU is slow, or was down"},
	{Name: StatusUnanswered, Unit: Count, Meaning: "questions to check status without a usable answer",
		Do: "run kasir doctor: DOKU is down, or DOKU_PATH_STATUS or DOKU_NOT_FOUND_CODES is wrong, and lost " +
			"notifications stay lost"},
	{Name: Remarks, Unit: Count,
		Meaning: "orders about which DOKU reported something to look at that does not block the order"},
	{Name: AutoCapturesFailed, Unit: Count,
		Meaning: "authorisations that the policy could not capture, because DOKU refused"},
	{Name: StoreFailures, Unit: Count, Meaning: "requests that failed because DynamoDB failed",
		Do: "read cause in the log lines; callers and DOKU send the same requests again"},
	{Name: EventsDelivered, Unit: Count, Meaning: "events that an endpoint of the merchant accepted"},
	{Name: DeliveriesFailed, Unit: Count, Meaning: "attempts to deliver an event that an endpoint did not accept",
		Do: "nothing for a few, since they are sent again; if they go on, kasir webhooks deliveries has the reason"},
	{Name: EventsGivenUp, Unit: Count,
		Meaning: "events that became dead letters: after the last attempt, or because the endpoint answered 410",
		Do:      "mend the endpoint, then kasir webhooks redrive"},
	{Name: DeliveryAge, Unit: Milliseconds, Meaning: "age of events when an endpoint accepted them"},
	{Name: SettlementsRead, Unit: Count, Settlement: true, Meaning: "settlement reports that were read to their end"},
	{Name: SettlementDifferences, Unit: Count, Settlement: true,
		Meaning: "rows of settlement reports that do not match the orders",
		Do:      "read each difference: GET /settlements/{batch}, or the result beside the report; docs/settlement.md"},
	{Name: SettlementsRefused, Unit: Count, Settlement: true,
		Meaning: "files that are no settlement report of this merchant, or a wrong one; nothing of them was booked",
		Do:      "read the result beside the report: it names line and column; ask DOKU for the report again"},
	{Name: DOKULatency, Unit: Milliseconds, Meaning: "durations of calls of DOKU",
		Do: "above some seconds customers wait: ask DOKU; calls end at 20 s as unknown outcomes"},
}

// Find looks a metric up by its name.
func Find(name Name) (Metric, bool) {
	i := slices.IndexFunc(All, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return All[i], true
}
