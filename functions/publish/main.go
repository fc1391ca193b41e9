// Command publish is invoked by the table's stream: it tells other systems what became of payments.
package main

import "kasir/shared/app/stream"

func main() { stream.Start("publish", handler) }
