// Command settlements answers GET /settlements, GET /settlements/{batch} and POST /settlements. It shows what DOKU has
// settled, and takes DOKU's settlement reports.
package main

import "kasir/shared/app"

func main() { app.StartWith("settlements", handler) }
