package stack

// RunEachMinute makes the clock of a stack stop at every whole minute on its way, due or not.
func RunEachMinute(s *Stack) { s.time.everyMinute = true }
