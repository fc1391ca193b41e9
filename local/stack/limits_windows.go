package stack

// openFiles returns no limit, because Windows has no such limit.
func openFiles() (limit uint64, limited bool) { return 0, false }
