// Command unbind answers GET and DELETE under /customers/{customer_id}/tokens. It lists saved cards and deletes them.
package main

import "kasir/shared/app"

func main() { app.Start("unbind", handler) }
