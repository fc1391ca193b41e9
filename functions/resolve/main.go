// Command resolve answers POST /payments/{invoice_number}/resolve, …/close and …/records. It records a person's
// decision about an order, and money that moved at DOKU outside of kasir.
package main

import "kasir/shared/app"

func main() { app.Start("resolve", handler) }
