// Command resolve answers POST /payments/{invoice_number}/resolve and …/close. It records a person's decision about an
// order.
package main

import "kasir/shared/app"

func main() { app.Start("resolve", handler) }
