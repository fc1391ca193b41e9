// Command refresh answers POST /payments/{invoice_number}/refresh. It asks DOKU about a payment now.
package main

import "kasir/shared/app"

func main() { app.Start("refresh", handler) }
