// Command createpage answers POST /payments. It asks DOKU for a payment page.
package main

import "kasir/shared/app"

func main() { app.Start("createpage", handler) }
