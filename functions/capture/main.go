// Command capture answers POST /payments/{invoice_number}/capture. It takes the money of an authorised payment.
package main

import "kasir/shared/app"

func main() { app.Start("capture", handler) }
