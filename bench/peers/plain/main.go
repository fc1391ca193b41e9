// Command plain makes each client when a request first needs it. It overwrites the status of an order unread.
package main

import "kasir/bench/peers/shop"

func main() { shop.New(shop.Update).Start() }
