package payment

// A Store spreads the orders that are due over shards, and each part of them has its own. Their number is a setting.
const (
	FewestShards = 8
	MostShards   = 256
)

// Partition returns the partition of the index for a shard of a part, Money or Pages. It does not depend on the number
// of shards, so that orders stay where they are found if the number changes. Partitions come in blocks of eight, in
// turn for money and for pages: an earlier version of kasir puts every order into the first block, and the one after it
// uses the first two.
func Partition(part Part, shard int) int {
	partition := shard/FewestShards*2*FewestShards + shard%FewestShards
	if part == Pages {
		partition += FewestShards
	}
	return partition
}

// HoldsMoney reports whether a partition is one of money.
func HoldsMoney(partition int) bool { return partition%(2*FewestShards) < FewestShards }
