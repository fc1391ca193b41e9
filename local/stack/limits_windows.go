package stack

// openFiles returns no limit: Windows has none of this kind.
func openFiles() (limit uint64, limited bool) { return 0, false }
