// Command publish is invoked by the table's stream. It sends events about payments to other systems.
package main

import "kasir/shared/app/stream"

func main() { stream.Start("publish", handler) }
