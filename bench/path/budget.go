package path

// Budget is P4 for a path.
type Budget struct {
	Calls int // of DynamoDB
	Size  int // bytes of the order's item; 0: nothing is written
}

// Sizes of an order's item.
const (
	smallItem = 1024 // through PAID: each write is one write unit
	largeItem = 2048 // with five refunds
)

// Budgets are by path; the others have none.
var Budgets = map[string]Budget{
	CreatePage: {2, smallItem}, Replay: {1, smallItem}, Notify: {2, smallItem}, Duplicate: {1, 0}, GetPayment: {1, 0},
	Hold: {2, smallItem}, Authorized: {2, smallItem}, Capture: {3, smallItem}, Refund: {3, largeItem}, FifthRefund: {3, largeItem}, Unbind: {0, 0},
}

// Held tells whether a path keeps its budget.
func (b Budget) Held(c Cost) bool { return c.Calls <= b.Calls && c.Size <= b.Size }
