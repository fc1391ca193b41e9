// Command plain makes everything when it is first needed, and overwrites what is stored.
package main

import "kasir/bench/peers/shop"

func main() {
	s := shop.New()
	s.Orders = shop.Updating{Client: s.DB}
	s.Start()
}
