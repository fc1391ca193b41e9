// Package function holds the one table of functions, with the job, permissions and needs of each. Each main starts with
// its row. The deployment makes roles and settings from the same rows and gives no function more than it uses.
package function

import (
	"cmp"
	"slices"
	"strings"
)

// Function is a Lambda function.
type Function struct {
	Name         string   // folder of functions/
	Deployed     string   // name in the template, if the folder had another name when it was first deployed
	Job          string   // in one line
	MaxBody      int      // of a request, in bytes; 0 if the function answers no HTTP
	TableActions []string // actions of DynamoDB on the table
	Queries      []string // indexes of the table that it queries, by the names of package store
	Secret       bool     // reads the secret, to call DOKU or to check DOKU's signatures or a quote
	DOKU         bool     // calls DOKU; INIT opens the connection
	Waits        bool     // does little but wait for DOKU, one call at a time; half the memory is enough
	Stream       bool     // is invoked by the table's stream and puts events on the bus
	Queue        bool     // is invoked by the queues of the webhooks and sends events to the merchant
	Reports      bool     // uses the bucket of settlement reports; only stages with Settlement have the function
	Settles      bool     // reads settlement reports; it needs GetItem, PutItem, UpdateItem and BatchGet
	Console      bool     // serves the console's files and uses nothing of AWS; only stages with a console have it
}

// Limits of request bodies, in bytes.
const (
	maxRequest      = 32 << 10
	maxNotification = 64 << 10
)

// Actions of DynamoDB.
const (
	GetItem    = "dynamodb:GetItem"
	PutItem    = "dynamodb:PutItem"
	UpdateItem = "dynamodb:UpdateItem" // only for orphans; orders are replaced
	Query      = "dynamodb:Query"
	BatchGet   = "dynamodb:BatchGetItem" // only for lists
)

// DueIndex is the index of due orders.
const DueIndex = "due"

// Lists are the indexes of orders for lists, in the order in which a deployment creates them.
var Lists = []string{"day", "customer", "attention"}

// All lists every function.
var All = []Function{
	{Name: "createpage", Job: "asks DOKU for a payment page", MaxBody: maxRequest,
		TableActions: []string{GetItem, PutItem}, Secret: true, DOKU: true, Waits: true},
	{Name: "getpayment", Job: "shows a payment, and lists payments", MaxBody: maxRequest,
		TableActions: []string{GetItem, BatchGet}, Queries: Lists},
	{Name: "refresh", Job: "asks DOKU about a payment", MaxBody: maxRequest, TableActions: []string{GetItem, PutItem},
		Secret: true, DOKU: true, Waits: true},
	{Name: "capture", Job: "takes the money of an authorised payment", MaxBody: maxRequest,
		TableActions: []string{GetItem, PutItem}, Secret: true, DOKU: true, Waits: true},
	{Name: "refund", Job: "gives money back", MaxBody: maxRequest, TableActions: []string{GetItem, PutItem},
		Secret: true, DOKU: true, Waits: true},
	{Name: "resolve", Job: "closes orders and records a person's findings at DOKU", MaxBody: maxRequest,
		TableActions: []string{GetItem, PutItem}},
	{Name: "notify", Job: "receives DOKU's notifications of payments", MaxBody: maxNotification,
		TableActions: []string{GetItem, PutItem, UpdateItem}, Secret: true},
	{Name: "tokens", Deployed: "unbind", Job: "lists and deletes saved cards", MaxBody: maxRequest, Secret: true,
		DOKU: true, Waits: true},
	{Name: "reconcile", Job: "finishes open operations and pages, every minute",
		TableActions: []string{GetItem, PutItem}, Queries: []string{DueIndex, "attention"}, Secret: true, DOKU: true},
	{Name: "settlements", Job: "shows settlements, and takes reports of them", MaxBody: maxRequest,
		TableActions: []string{GetItem, BatchGet}, Reports: true},
	{Name: "settle", Job: "books DOKU's settlement reports", Reports: true, Settles: true,
		TableActions: []string{GetItem, PutItem, UpdateItem, BatchGet}},
	{Name: "console", Job: "serves the console, where people work with payments", MaxBody: maxRequest, Console: true},
	{Name: "publish", Job: "sends events about payments to other systems", Stream: true},
	{Name: "deliver", Job: "delivers events to the merchant's webhooks", Queue: true},
}

// DeployedName returns the name of the function's resources. CloudFormation would replace them under another name.
func (f Function) DeployedName() string { return cmp.Or(f.Deployed, f.Name) }

// LogicalID returns a function's name in the template and for sam local, such as CaptureFunction.
func LogicalID(name string) string {
	if f, ok := Find(name); ok {
		name = f.DeployedName()
	}
	return strings.ToUpper(name[:1]) + name[1:] + "Function"
}

// Environment has the variables of Go's runtime for every function. An instance works on one request at a time, with
// less than one processor: with one thread for Go code it wakes fewer of them, and its memory allows for fewer
// collections of garbage. reconcile, which works on many orders at the same time, has no more of a processor either.
var Environment = map[string]string{"GOMAXPROCS": "1", "GOGC": "200"}

// Find looks a function up by its name.
func Find(name string) (Function, bool) {
	i := slices.IndexFunc(All, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return Function{}, false
	}
	return All[i], true
}

// Names returns the name of every function.
func Names() []string {
	names := make([]string, len(All))
	for i, f := range All {
		names[i] = f.Name
	}
	return names
}
