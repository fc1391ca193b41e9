// Command getpayment answers GET /payments/{invoice_number} and GET /payments. It shows a payment, and lists payments.
package main

import "kasir/shared/app"

func main() { app.Start("getpayment", handler) }
