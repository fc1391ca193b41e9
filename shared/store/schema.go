// Package store keeps orders in DynamoDB, one item per order, and in memory for tests. Both pass the tests in package
// storetest.
package store

import (
	"cmp"
	"hash/fnv"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Names of the table's keys and indexes. The deployment and the local table use them.
const (
	// KeyAttribute is the partition key, a string: "order#…", "orphan#…", "claim#…", "recovered#…", "lists" or
	// "shards".
	KeyAttribute = "pk"
	TTLAttribute = "expires_at" // epoch seconds; only orphans have it

	// FormatAttribute is the format of an item, a number. Items of the first format do not have it. A version that
	// finds a higher number than order.LastFormat does not write the item; see docs/migrations.md.
	FormatAttribute = "m"

	DueIndex          = "due"       // sparse, keys only: orders that reconciliation must look at
	DueShardAttribute = "due_shard" // its partition key, a number
	DueAtAttribute    = "due_at"    // its sort key, epoch milliseconds
)

// partition returns the partition of the index for an order, if orders are spread over a number of shards; 0 means
// payment.FewestShards.
func partition(o order.Order, shards int) int {
	h := fnv.New32a()
	h.Write([]byte(o.Invoice))
	shard := int(h.Sum32() % uint32(cmp.Or(shards, payment.FewestShards)))
	if o.DueMoney {
		return payment.Partition(payment.Money, shard)
	}
	return payment.Partition(payment.Pages, shard)
}

// NewsAttribute says whether publish must see the write of an order. This version writes one of both values with every
// order. Earlier versions replace the whole item and do not know the attribute, so that it is absent after their writes
// and never holds what an earlier write said.
const (
	NewsAttribute = "q"
	news          = "n"
	quiet         = "q" // see order.Quiet
)

// StreamFilters are the filter patterns of an event source mapping. A record passes if one of them matches: that of a
// batch, of an order with news, or of an order that an earlier version has written. Most writes of an order have no
// news, and each record that passes costs an invocation.
//
// A filter that is wrong loses events. Therefore the writes of this version pass by an exact value, and only those of
// earlier versions by the operator exists. It works on leaf nodes, which in a stream's record are below the attribute's
// type, here S ("Using the Exists operator" in
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html). Filters are ORed, and a mapping has up to five
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).
var StreamFilters = []string{
	streamFilter(batchPrefix, ""),
	streamFilter(orderKey(""), `"`+news+`"`),
	streamFilter(orderKey(""), `{"exists":false}`),
}

// streamFilter returns the pattern of an image with a prefix of the key. A removed item has no new image. The documents
// say that only the member "dynamodb" of a record can be filtered, so the pattern does not name the kind of the change.
func streamFilter(prefix, newsIs string) string {
	attributes := `"` + KeyAttribute + `":{"S":[{"prefix":"` + prefix + `"}]}`
	if newsIs != "" {
		attributes += `,"` + NewsAttribute + `":{"S":[` + newsIs + `]}`
	}
	return `{"dynamodb":{"NewImage":{` + attributes + `}}}`
}
