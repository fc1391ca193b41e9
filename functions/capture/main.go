// Command capture answers POST /payments/{invoice_number}/capture: it takes the money of an authorisation.
package main

import "kasir/shared/app"

func main() { app.Start("capture", handler) }
