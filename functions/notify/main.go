// Command notify answers POST /notifications: DOKU tells what became of a payment.
package main

import "kasir/shared/app"

func main() { app.Start("notify", handler) }
