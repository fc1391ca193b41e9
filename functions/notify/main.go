// Command notify answers POST /notifications. It receives DOKU's notifications of payments.
package main

import "kasir/shared/app"

func main() { app.Start("notify", handler) }
