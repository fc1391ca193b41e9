// Command reconcile runs every minute. It finishes open operations, and asks DOKU about payments without a
// notification.
package main

import "kasir/shared/app"

func main() { app.StartScheduled("reconcile", handler) }
