package stack

import (
	"kasir/local/loopback"
	"kasir/local/merchant/shop"
)

// startShop starts the shop with the token endpoint and the quote key for its back end, and the console's address for
// its pages.
func (s *Stack) startShop(cfg Config, ports *listeners) {
	s.Shop = s.serve(ports.shop, server(shop.New(shop.Config{
		APIURL: s.API, TokenURL: s.Issuer + "/token", QuoteKey: cfg.QuoteKey, ConsoleURL: s.Console,
		Now: s.Clock.Now, Clock: s.time.clockText,
	})), loopback.Guard{})
}
