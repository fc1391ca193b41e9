package stack

import "fmt"

// minFiles is the number of files and connections that the gateway, the functions' Runtime APIs and the database
// have open under load.
const minFiles = 1024

// Shortages describes each limit of this machine that is too low for many requests at once, with a remedy.
func Shortages() []string {
	if files, limited := openFiles(); limited && files < minFiles {
		return []string{fmt.Sprintf("a process may open only %d files here, so many requests at once will "+
			"fail with 5xx: run ulimit -n 4096 before the start", files)}
	}
	return nil
}
