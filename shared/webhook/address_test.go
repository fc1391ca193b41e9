package webhook

import (
	"net/netip"
	"strings"
	"testing"
)

// An endpoint must not lead kasir to a service inside of the merchant's or of AWS's network, in any spelling.
func TestOnlyAddressesOfTheInternetAreReached(t *testing.T) {
	for _, text := range []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254",
		"100.64.0.1", "100.127.255.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
		"224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1",
		"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1",
		"fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "5f00::1",
	} {
		if public(netip.MustParseAddr(text)) {
			t.Errorf("%s counts as an address of the internet", text)
		}
	}
	for _, text := range []string{
		"8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "103.10.128.1", "2606:4700::1111",
		"2404:6800:4003::1", "::ffff:8.8.8.8",
	} {
		if !public(netip.MustParseAddr(text)) {
			t.Errorf("%s does not count as an address of the internet", text)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address counts as one of the internet")
	}
}

func TestURLsOfEndpoints(t *testing.T) {
	long := "https://shop.example/" + strings.Repeat("x", 256)
	for text, want := range map[string]string{
		"": "must be a URL", "shop.example": "must be a URL", "https://": "must be a URL",
		"https:shop":          "must be a URL",
		"http://shop.example": "must be https", "ftp://shop.example": "must be https",
		"https://u:p@shop.example": "user or password", "https://shop.example/#x": "after #",
		"https://shop.example:0": "port", "https://shop.example:99999/": "port", long: "characters",
		"https://127.0.0.1/": "host on the internet", "https://[::1]/": "host on the internet",
		"https://[::ffff:10.0.0.1]/": "host on the internet", "https://localhost/": "host on the internet",
		"https://shop.local/": "host on the internet", "https://metadata.google.internal./": "host on the internet",
		"https://shop/":                  "host on the internet",
		"https://shop.example/hooks?x=1": "", "https://shop.example:8443": "", "https://8.8.8.8/hooks": "",
	} {
		if err := CheckURL(text, false); (err == nil) != (want == "") || err != nil &&
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for text, allowed := range map[string]bool{
		"http://localhost:3000/hooks": true, "http://127.0.0.1:3000": true, "http://[::1]:3000": true,
		"https://localhost:3000": true, "https://shop.example": true, "http://shop.example": false,
		"http://192.168.1.7:3000": false, "https://192.168.1.7": false, "ftp://localhost": false,
		"http://localhost.evil.example": false,
	} {
		if err := CheckURL(text, true); (err == nil) != allowed {
			t.Errorf("on one machine, %s: %v", text, err)
		}
	}
}

func TestEndpointsOfTheSetting(t *testing.T) {
	one := `{"name":"shop","url":"https://shop.example","queue":"https://sqs/1/a","letters":"https://sqs/1/b"}`
	for text, want := range map[string]string{
		"[" + one + "]": "", "{}": "must be a JSON list", "[" + one + "," + one + "]": "twice",
		`[{"name":"shop","url":"https://shop.example"}]`: "without name, queue or letters",
		"[" + strings.Replace(one, "https://shop", "http://shop", 1) +
			"]": "endpoint shop with a url that must be https",
	} {
		all, err := ParseEndpoints(text, false)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if want == "" && (len(all) != 1 || all[0].QueueName() != "a") {
			t.Errorf("%+v", all)
		}
	}
}
