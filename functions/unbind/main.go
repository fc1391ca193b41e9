// Command unbind answers GET and DELETE under /customers/{customer_id}/tokens: it lists saved cards and forgets them.
package main

import "kasir/shared/app"

func main() { app.Start("unbind", handler) }
