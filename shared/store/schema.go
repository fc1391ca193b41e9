// Package store keeps orders in DynamoDB, one item an order, and in memory for tests. Both pass the contract in
// storetest.
package store

import (
	"hash/fnv"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Names of the table's keys. The deployment and the local table are made from them.
const (
	KeyAttribute = "pk"         // partition key, a string: "order#…" or "orphan#…"
	TTLAttribute = "expires_at" // epoch seconds; only orphans have it

	// FormatAttribute is the format of an item, a number. Items of the first format do not have it and so stay as they
	// always were. A version that finds a higher number than order.LastFormat does not write the item; see
	// docs/migrations.md.
	FormatAttribute = "m"

	DueIndex          = "due"       // sparse, keys only: orders that want attention
	DueShardAttribute = "due_shard" // its partition key, a number
	DueAtAttribute    = "due_at"    // its sort key, epoch milliseconds
)

// shard is the partition of the index that an order belongs to. Orders for which money waits are in the first
// payment.MoneyShards, where an earlier version of kasir looks for everything, so that it finds them after a rollback.
func shard(o order.Order) int {
	h := fnv.New32a()
	h.Write([]byte(o.Invoice))
	of := int(h.Sum32() % payment.MoneyShards)
	if !o.DueMoney {
		of += payment.MoneyShards
	}
	return of
}

// StreamFilter lets orders through to whoever reads the table's stream, and nothing else that is kept in the table: the pattern
// of an event source mapping.
const StreamFilter = `{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"` + KeyAttribute + `":{"S":[{"prefix":"order#"}]}}}}`
