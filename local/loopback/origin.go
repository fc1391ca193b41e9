package loopback

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// defaultPorts are the ports that a browser omits.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// CheckOrigin returns an error unless a browser could send origin for a page of this machine. Such an origin has a
// scheme, a host and perhaps a port, in lower case, and nothing else.
func CheckOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || origin != u.Scheme+"://"+strings.ToLower(u.Host) ||
		u.Port() == defaultPorts[u.Scheme] || strings.HasSuffix(u.Host, ":") {
		return errors.New("it must have a browser's form, such as http://127.0.0.1:3000: lower case, without a path")
	}
	name := u.Hostname()
	if ip := net.ParseIP(name); ip != nil && ip.IsLoopback() || name == localNames[0] ||
		strings.HasSuffix(name, "."+localNames[0]) {
		return nil
	}
	return errors.New("it must be an origin of this machine, such as http://127.0.0.1:3000 or http://localhost:3000")
}
