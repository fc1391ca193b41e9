package order

// MovementKind is the kind of a movement of money.
type MovementKind string

// The kinds of movements.
const (
	MovedRefund     MovementKind = "refund"
	MovedVoid       MovementKind = "void"
	MovedCapture    MovementKind = "capture"
	MovedChargeback MovementKind = "chargeback"
	MovedReversal   MovementKind = "chargeback_reversed"
)
