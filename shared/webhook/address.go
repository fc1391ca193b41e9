package webhook

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
)

// special are the networks that no endpoint on the internet has (IANA's registries of special-purpose addresses). Of
// IPv6, only 2000::/3 is on the internet. It contains IPv4 addresses in other forms, which could be private.
var special = sync.OnceValue(func() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"224.0.0.0/4", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", // protocols such as Teredo, documentation, 6to4
	} {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
})

// public reports whether an address is a global unicast address of the internet.
func public(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if a.Is6() && a.As16()[0]>>5 != 1 { // outside of 2000::/3
		return false
	}
	return a.IsValid() && !slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// control returns a check of net.Dialer.Control. It sees the address to which a name was resolved, so that a name
// cannot lead into the private network later.
func control(local bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%q is not an address", address)
		}
		if public(to.Addr()) || local && to.Addr().Unmap().IsLoopback() {
			return nil
		}
		return &net.AddrError{Err: "the endpoint's name leads to an address that is not on the internet",
			Addr: to.Addr().String()}
	}
}
