// Command tokens answers GET and DELETE under /customers/{customer_id}/tokens. It lists saved cards and deletes them.
package main

import "kasir/shared/app"

func main() { app.Start("tokens", handler) }
