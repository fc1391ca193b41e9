// Command plain makes everything when it is first needed, and overwrites what is stored.
package main

import "kasir/bench/peers/shop"

func main() { shop.New(shop.Update).Start() }
