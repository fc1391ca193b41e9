package stack

import "fmt"

// enoughFiles is how many files and connections the gateway, its functions' Runtime APIs and the database have open
// under load.
const enoughFiles = 1024

// Shortages says what this machine has too little of for many requests at once, each with what to do.
func Shortages() []string {
	if files, limited := openFiles(); limited && files < enoughFiles {
		return []string{fmt.Sprintf("a process may open %d files here: many requests at once will fail with 5xx; before the start, ulimit -n 4096", files)}
	}
	return nil
}
