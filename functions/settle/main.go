// Command settle is invoked by the bucket of settlement reports. It books each report and writes its result beside it.
package main

import "kasir/shared/app"

func main() { app.StartJob("settle", handler) }
