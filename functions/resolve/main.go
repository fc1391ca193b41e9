// Command resolve answers POST /payments/{invoice_number}/resolve and …/close: it records what a person decided about
// an order.
package main

import "kasir/shared/app"

func main() { app.Start("resolve", handler) }
