// Package store keeps orders in DynamoDB, one item an order, and in memory for tests. Both pass the contract in
// storetest.
package store

// Names of the table's keys. The deployment and the local table are made from them.
const (
	KeyAttribute = "pk"         // partition key, a string: "order#…" or "orphan#…"
	TTLAttribute = "expires_at" // epoch seconds; only orphans have it

	DueIndex          = "due"       // sparse, keys only: orders that want attention
	DueShardAttribute = "due_shard" // its partition key, a number
	DueAtAttribute    = "due_at"    // its sort key, epoch seconds
)
