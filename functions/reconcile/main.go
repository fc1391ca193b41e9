// Command reconcile runs every minute: it finishes what was left open and asks DOKU what was never told.
package main

import "kasir/shared/app"

func main() { app.StartScheduled("reconcile", handler) }
