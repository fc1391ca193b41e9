// Command getpayment answers GET /payments/{invoice_number}: what is known of a payment.
package main

import "kasir/shared/app"

func main() { app.Start("getpayment", handler) }
