// Command careful is like plain, and replaces an order only if it has not changed since it was read.
package main

import "kasir/bench/peers/shop"

func main() { shop.New(shop.Compare).Start() }
