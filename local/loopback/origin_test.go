package loopback

import "testing"

func TestOriginsOfThisMachine(t *testing.T) {
	for origin, good := range map[string]bool{
		"http://localhost:3000": true, "http://127.0.0.1:3000": true, "http://[::1]:3000": true,
		"https://localhost:3000": true, "https://127.0.0.1": true, "http://localhost:443": true,
		"http://shop.localhost:3000": true, "http://localhost": true,

		"": false, "null": false, "*": false, "http://*": false,
		"localhost:3000": false, "127.0.0.1:3000": false, "//localhost:3000": false,
		"http://": false, "http://localhost:": false, "http://localhost:80": false, "https://localhost:443": false,
		"http://localhost:3000/": false, "http://localhost:3000/shop": false, "http://localhost:3000?x": false,
		"http://LOCALHOST:3000": false, "HTTP://localhost:3000": false, "ftp://localhost:3000": false,
		"http://a@localhost:3000": false, "http://localhost:x": false, "http://host.docker.internal:3000": false,
		"https://shop.example.com": false, "http://192.168.1.7:3000": false, "http://0.0.0.0:3000": false,
		"http://localhost.evil.example:3000": false, "http://evillocalhost:3000": false,
	} {
		if err := CheckOrigin(origin); (err == nil) != good {
			t.Errorf("%q: %v, want it accepted: %v", origin, err, good)
		}
	}
}
