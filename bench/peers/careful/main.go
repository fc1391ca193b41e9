// Command careful is like plain, and replaces an order only if it has not changed since it was read.
package main

import "kasir/bench/peers/shop"

func main() {
	s := shop.New()
	s.Orders = shop.Comparing{Updating: shop.Updating{Client: s.DB}}
	s.Start()
}
