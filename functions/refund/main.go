// Command refund answers POST /payments/{invoice_number}/refunds. It gives money back.
package main

import "kasir/shared/app"

func main() { app.Start("refund", handler) }
