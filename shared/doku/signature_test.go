package doku

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// vector is one entry of testdata/vectors.json: signatures computed by two programs that are not this one.
type vector struct {
	Name, Kind, Timestamp, Body, Digest, Signature string
	RequestID                                      string `json:"request_id"`
	Target                                         string `json:"request_target"`
}

func vectors(t testing.TB) (clientID string, secret Secret, all []vector) {
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		ClientID  string `json:"client_id"`
		SecretKey string `json:"secret_key"`
		Vectors   []vector
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 7 {
		t.Fatalf("only %d vectors", len(file.Vectors))
	}
	return file.ClientID, Secret(file.SecretKey), file.Vectors
}

func (v vector) component(clientID string) Component {
	c := Component{ClientID: clientID, RequestID: v.RequestID, Timestamp: v.Timestamp, Target: v.Target,
		Response: v.Kind == "response"}
	if v.Kind != "get" {
		c.Digest = Digest([]byte(v.Body))
	}
	return c
}

func TestVectors(t *testing.T) {
	clientID, secret, all := vectors(t)
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			c := v.component(clientID)
			if c.Digest != v.Digest {
				t.Errorf("digest %s, want %s", c.Digest, v.Digest)
			}
			if got := Sign(secret, c); got != v.Signature {
				t.Errorf("signature %s, want %s", got, v.Signature)
			}
			if !Verify(v.Signature, c, secret) {
				t.Error("the vector's signature is refused")
			}
		})
	}
}

func TestVerifyRefusesEverythingElse(t *testing.T) {
	clientID, secret, all := vectors(t)
	v := all[0]
	good := v.component(clientID)
	change := func(f func(*Component)) Component { c := good; f(&c); return c }
	for name, c := range map[string]Component{
		"other client":      change(func(c *Component) { c.ClientID += "1" }),
		"other request id":  change(func(c *Component) { c.RequestID = "b266c265" }),
		"other time":        change(func(c *Component) { c.Timestamp = "2020-08-11T08:45:43Z" }),
		"other target":      change(func(c *Component) { c.Target += "/" }),
		"other body":        change(func(c *Component) { c.Digest = Digest([]byte("{}")) }),
		"no digest":         change(func(c *Component) { c.Digest = "" }),
		"taken as response": change(func(c *Component) { c.Response = true }),
	} {
		if Verify(v.Signature, c, secret) {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, signature := range map[string]string{
		"empty":           "",
		"without scheme":  strings.TrimPrefix(v.Signature, "HMACSHA256="),
		"other scheme":    strings.Replace(v.Signature, "HMACSHA256", "HMACSHA512", 1),
		"cut short":       v.Signature[:len(v.Signature)-4],
		"with line break": v.Signature[:20] + "\n" + v.Signature[20:],
		"one bit off":     v.Signature[:12] + string(v.Signature[12]^1) + v.Signature[13:],
		"scheme only":     "HMACSHA256=",
	} {
		if Verify(signature, good, secret) {
			t.Errorf("signature %s: accepted", name)
		}
	}
}

func TestVerifyDuringRotation(t *testing.T) {
	clientID, secret, all := vectors(t)
	c := all[0].component(clientID)
	if !Verify(all[0].Signature, c, "SK-new", secret) {
		t.Error("the previous key is refused while the new one is current")
	}
	if Verify(all[0].Signature, c, "SK-new", "") {
		t.Error("accepted under keys that did not sign it")
	}
	if Verify(Sign("", c), c, secret, "") {
		t.Error("a signature made with an empty key is accepted")
	}
	if Verify(all[0].Signature, c) {
		t.Error("accepted without any key")
	}
}

func TestSecretNeverPrints(t *testing.T) {
	const key = "SK-do-not-print"
	s := Secret(key)
	encoded, err := json.Marshal(map[string]any{"key": s, "in": struct{ S Secret }{s}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%s %v %+v %#v %q %x %d", s, s, s, s, s, s, s),
		fmt.Sprintf("%+v", struct{ S Secret }{s}),
		string(encoded), s.LogValue().String(),
	} {
		if strings.Contains(text, key) || strings.Contains(text, fmt.Sprintf("%x", key)) ||
			!strings.Contains(text, "[secret]") {
			t.Errorf("prints as %s", text)
		}
	}
}

// Signatures share the macs that are set up for a key. Two keys at once must not mix.
func TestTwoKeysAtOnce(t *testing.T) {
	clientID, secret, all := vectors(t)
	c := all[0].component(clientID)
	want := map[Secret]string{secret: all[0].Signature, "SK-other": Sign("SK-other", c)}
	var running sync.WaitGroup
	for key, signature := range want {
		for range 4 {
			running.Go(func() {
				for range 200 {
					if got := Sign(key, c); got != signature || !Verify(got, c, key) {
						t.Errorf("signed %s, want %s", got, signature)
						return
					}
				}
			})
		}
	}
	running.Wait()
}
