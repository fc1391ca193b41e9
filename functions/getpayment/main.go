// Command getpayment answers GET /payments/{invoice_number}. It shows a payment.
package main

import "kasir/shared/app"

func main() { app.Start("getpayment", handler) }
