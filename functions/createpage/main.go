// Command createpage answers POST /payments: it asks DOKU for a payment page.
package main

import "kasir/shared/app"

func main() { app.Start("createpage", handler) }
