package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Endpoint is an address of the merchant that receives events. Each has its own queue.
type Endpoint struct {
	Name    string   `json:"name"`
	URL     string   `json:"url"`
	Types   []string `json:"types,omitempty"`   // of the events that it receives; empty means all
	Queue   string   `json:"queue,omitempty"`   // URL of the queue in which its events wait
	Letters string   `json:"letters,omitempty"` // URL of the queue of those that were given up
}

// QueueName returns the last part of the queue's URL, which is also the last part of its ARN.
func (e Endpoint) QueueName() string { return path.Base(e.Queue) }

// Limits of the setting WEBHOOKS, which has to fit into a function's environment.
const (
	MaxEndpoints = 5
	maxURL       = 256
)

// ParseEndpoints parses a JSON list of endpoints. local allows addresses on this machine.
func ParseEndpoints(text string, local bool) ([]Endpoint, error) {
	var all []Endpoint
	if json.Unmarshal([]byte(text), &all) != nil {
		return nil, errors.New("must be a JSON list of objects with name, url, queue and letters")
	}
	names := map[string]bool{}
	for _, e := range all {
		switch err := CheckURL(e.URL, local); {
		case e.Name == "" || e.Queue == "" || e.Letters == "":
			return nil, errors.New("has an endpoint without name, queue or letters")
		case names[e.Name]:
			return nil, fmt.Errorf("has the endpoint %s twice", e.Name)
		case err != nil:
			return nil, fmt.Errorf("has the endpoint %s with a url that %w", e.Name, err)
		}
		names[e.Name] = true
	}
	return all, nil
}

// CheckURL returns an error unless an endpoint may have a URL: https, without user and fragment, and no address of a
// private network. local also allows http and https to this machine. The error continues a sentence such as "the url".
func CheckURL(text string, local bool) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Opaque != "" {
		if local {
			return errors.New("must be a URL such as http://localhost:3000/hooks")
		}
		return errors.New("must be a URL such as https://shop.example.com/hooks")
	}
	here := local && onThisMachine(u.Hostname())
	port, portErr := strconv.Atoi(u.Port())
	address, notAddress := netip.ParseAddr(u.Hostname())
	switch {
	case len(text) > maxURL:
		return fmt.Errorf("has %d characters and may have %d", len(text), maxURL)
	case u.User != nil:
		return errors.New("must not contain a user or password: the signature proves who sent an event")
	case u.Fragment != "":
		return errors.New("must not have a part after #")
	case u.Port() != "" && (portErr != nil || port < 1 || port > 65535):
		return errors.New("has a port that is not from 1 to 65535")
	case here && (u.Scheme == "http" || u.Scheme == "https"):
		return nil
	case u.Scheme != "https" && local:
		return errors.New("must be https, or http to this machine such as http://localhost:3000/hooks")
	case u.Scheme != "https":
		return errors.New("must be https")
	case notAddress == nil && !public(address), notAddress != nil && privateName(u.Hostname()):
		return errors.New("must name a host on the internet, not one of a private network")
	}
	return nil
}

// onThisMachine reports whether a host is this machine.
func onThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// privateName reports whether a name exists only on a machine or in a private network.
func privateName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last == host || last == "localhost" || last == "local" || last == "internal"
}
