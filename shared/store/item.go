package store

import "kasir/shared/order"

// item is an order as it is stored. Attribute names are short because DynamoDB charges by the byte. Times are epoch
// milliseconds.
type item struct {
	Key     string `dynamodbav:"pk"`
	Version int64  `dynamodbav:"v"`
	WriteID string `dynamodbav:"w"`
	Format  int    `dynamodbav:"m,omitempty"` // absent in the first format; see FormatAttribute
	News    string `dynamodbav:"q,omitempty"` // see NewsAttribute

	Amount     int64           `dynamodbav:"a"`
	Discounts  []int64         `dynamodbav:"d,omitempty"`
	Plan       *planItem       `dynamodbav:"l,omitempty"`
	Readers    []string        `dynamodbav:"b,omitempty"`
	Metadata   order.Metadata  `dynamodbav:"x,omitempty"`
	CreatedAt  int64           `dynamodbav:"c"`
	PageEnd    int64           `dynamodbav:"e,omitempty"`
	Operations []operationItem `dynamodbav:"o,omitempty"`
	Facts      factsItem       `dynamodbav:"f"`
	Watch      *watchItem      `dynamodbav:"r,omitempty"`
	History    []string        `dynamodbav:"h,omitempty"` // see packEntry

	DueShard *int  `dynamodbav:"due_shard,omitempty"` // set together with DueAt, for the index
	DueAt    int64 `dynamodbav:"due_at,omitempty"`
	listItem
}

type watchItem struct {
	Asks        int   `dynamodbav:"n,omitempty"`
	NextAt      int64 `dynamodbav:"t,omitempty"`
	Closed      bool  `dynamodbav:"c,omitempty"`
	Warned      bool  `dynamodbav:"w,omitempty"`
	Unconfirmed bool  `dynamodbav:"u,omitempty"`
	CheckAt     int64 `dynamodbav:"k,omitempty"`
	AutoTries   int   `dynamodbav:"a,omitempty"`
	AutoFailed  bool  `dynamodbav:"f,omitempty"`
	Sweeps      int   `dynamodbav:"p,omitempty"`
	AskedAt     int64 `dynamodbav:"s,omitempty"`
	OverdueAt   int64 `dynamodbav:"o,omitempty"`
	Unsettled   bool  `dynamodbav:"e,omitempty"`
	Recheck     bool  `dynamodbav:"b,omitempty"`
}

type planItem struct {
	Type        string `dynamodbav:"k,omitempty"`
	AutoCapture bool   `dynamodbav:"c,omitempty"`
	Acquirer    string `dynamodbav:"q,omitempty"`
	Tenor       int64  `dynamodbav:"n,omitempty"`
}

type operationItem struct {
	ID          string   `dynamodbav:"i"`           // see packKind
	Kind        string   `dynamodbav:"k,omitempty"` // absent if it equals the ID
	Amount      int64    `dynamodbav:"a"`
	RequestID   string   `dynamodbav:"r"`
	Generation  int      `dynamodbav:"g"`
	State       string   `dynamodbav:"s"`
	Fingerprint string   `dynamodbav:"p"`
	FirstAt     int64    `dynamodbav:"t"`
	LastAt      int64    `dynamodbav:"b,omitempty"`
	LeaseUntil  int64    `dynamodbav:"l,omitempty"`
	Attempts    int      `dynamodbav:"n"`
	Clean       int      `dynamodbav:"z,omitempty"`
	HaltedAt    int64    `dynamodbav:"h,omitempty"`
	Looks       int      `dynamodbav:"o,omitempty"`
	DoneAt      int64    `dynamodbav:"d,omitempty"`
	By          string   `dynamodbav:"q,omitempty"`
	Username    string   `dynamodbav:"qu,omitempty"`
	Note        string   `dynamodbav:"qn,omitempty"`
	Resolved    *actItem `dynamodbav:"x,omitempty"`
	Target      string   `dynamodbav:"w,omitempty"`
	Owner       string   `dynamodbav:"u,omitempty"`
	Type        string   `dynamodbav:"y,omitempty"`
	Code        string   `dynamodbav:"ec,omitempty"`
	Message     string   `dynamodbav:"em,omitempty"`
}

type factsItem struct {
	Page       *pageItem     `dynamodbav:"u,omitempty"`
	Failures   []failureItem `dynamodbav:"x,omitempty"`
	Authorized *moneyItem    `dynamodbav:"h,omitempty"`
	Captured   *moneyItem    `dynamodbav:"c,omitempty"`
	Paid       *moneyItem    `dynamodbav:"p,omitempty"`
	Expired    int64         `dynamodbav:"e,omitempty"`
	Released   int64         `dynamodbav:"r,omitempty"`
	Closed     *actItem      `dynamodbav:"l,omitempty"`

	// Undecided are the details of the conflicts without a decision. A version whose conflicts had no IDs knows only
	// these, and moves no money of the order because of them.
	Undecided []string       `dynamodbav:"!,omitempty"`
	Conflicts []conflictItem `dynamodbav:"k,omitempty"`
	Overflow  bool           `dynamodbav:"o,omitempty"`
	Decisions []decisionItem `dynamodbav:"d,omitempty"`
	Remarks   []remarkItem   `dynamodbav:"m,omitempty"`

	Movements     []movementItem   `dynamodbav:"v,omitempty"`
	MoreMovements bool             `dynamodbav:"w,omitempty"`
	Withdrawn     []withdrawalItem `dynamodbav:"y,omitempty"`
	Settled       []settledItem    `dynamodbav:"s,omitempty"`
	Restored      *restoredItem    `dynamodbav:"a,omitempty"`
	Forgotten     *actItem         `dynamodbav:"z,omitempty"`
}

// restoredItem is an order.Restored.
type restoredItem struct {
	To         int64    `dynamodbav:"t"`
	Sequence   int64    `dynamodbav:"v,omitempty"`
	Authorized int64    `dynamodbav:"h,omitempty"`
	Captured   int64    `dynamodbav:"c,omitempty"`
	Back       int64    `dynamodbav:"b,omitempty"`
	Lost       []string `dynamodbav:"l,omitempty"`
}

// movementItem is an order.Movement.
type movementItem struct {
	Kind      string   `dynamodbav:"k"`
	Source    string   `dynamodbav:"s"`
	Ref       string   `dynamodbav:"r,omitempty"`
	Refund    string   `dynamodbav:"i,omitempty"`
	Amount    int64    `dynamodbav:"a,omitempty"`
	At        int64    `dynamodbav:"t,omitempty"`
	LearnedAt int64    `dynamodbav:"l,omitempty"` // see learnedDelay
	Reference string   `dynamodbav:"e,omitempty"`
	Act       *actItem `dynamodbav:"x,omitempty"`
}

type withdrawalItem struct {
	ID  string   `dynamodbav:"i"`
	Key string   `dynamodbav:"k,omitempty"`
	Act *actItem `dynamodbav:"a,omitempty"`
}

type settledItem struct {
	Batch     string `dynamodbav:"b"`
	Row       int    `dynamodbav:"r"`
	Amount    int64  `dynamodbav:"a"`
	Fee       int64  `dynamodbav:"f,omitempty"`
	Discount  int64  `dynamodbav:"d,omitempty"`
	Net       int64  `dynamodbav:"n,omitempty"`
	PaidOut   int64  `dynamodbav:"p,omitempty"`
	LearnedAt int64  `dynamodbav:"l,omitempty"`
}

// actItem is an order.Act.
type actItem struct {
	At       int64  `dynamodbav:"t"`
	By       string `dynamodbav:"b,omitempty"`
	Username string `dynamodbav:"u,omitempty"`
	Note     string `dynamodbav:"n,omitempty"`
}

type conflictItem struct {
	ID        string     `dynamodbav:"i"`
	Kind      string     `dynamodbav:"k"`
	Value     string     `dynamodbav:"v,omitempty"` // absent if it equals the detail
	Detail    string     `dynamodbav:"d,omitempty"`
	At        int64      `dynamodbav:"t,omitempty"`
	LearnedAt int64      `dynamodbav:"l,omitempty"` // see learnedDelay
	News      *factsItem `dynamodbav:"n,omitempty"`
}

type decisionItem struct {
	ID     string   `dynamodbav:"i"`
	Counts bool     `dynamodbav:"c,omitempty"`
	Act    *actItem `dynamodbav:"a,omitempty"`
}

type remarkItem struct {
	Kind    string `dynamodbav:"k"`
	Subject string `dynamodbav:"s,omitempty"`
	Detail  string `dynamodbav:"d,omitempty"`
	At      int64  `dynamodbav:"t"`
}

type pageItem struct {
	URL        string `dynamodbav:"u"`
	At         int64  `dynamodbav:"t"`
	ExpiresAt  int64  `dynamodbav:"e"`
	Generation int    `dynamodbav:"g,omitempty"`
}

type failureItem struct {
	At        int64  `dynamodbav:"t"`
	LearnedAt int64  `dynamodbav:"l,omitempty"` // see learnedDelay
	Code      string `dynamodbav:"c,omitempty"`
	Message   string `dynamodbav:"m,omitempty"`
}

// moneyItem is an authorisation, a capture or a payment.
type moneyItem struct {
	ID        string `dynamodbav:"i,omitempty"` // authorize_id, or the approval code
	At        int64  `dynamodbav:"t"`
	LearnedAt int64  `dynamodbav:"l,omitempty"` // see learnedDelay
	Amount    int64  `dynamodbav:"a"`
	Acquirer  string `dynamodbav:"q,omitempty"`
	Masked    string `dynamodbav:"m,omitempty"`
	Brand     string `dynamodbav:"b,omitempty"`
	Issuer    string `dynamodbav:"s,omitempty"`
	CardType  string `dynamodbav:"k,omitempty"`
	PageID    string `dynamodbav:"g,omitempty"`

	OtherCards []string `dynamodbav:"o,omitempty"` // masked numbers
}

func orderKey(invoice string) string { return "order#" + invoice }
