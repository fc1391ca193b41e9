package sandbox

import (
	"encoding/json"
	"os"
	"testing"
)

// The vectors were computed by two independent programs with an invented key.
func TestSignatureVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		SecretKey string `json:"secret_key"`
		ClientID  string `json:"client_id"`
		Vectors   []struct {
			Name, Kind, Timestamp, Digest, Signature string
			Body                                     *string
			RequestID                                string `json:"request_id"`
			Target                                   string `json:"request_target"`
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 7 {
		t.Fatalf("%d vectors, want 7", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			c := signatureParts{file.ClientID, v.RequestID, "Request-Timestamp", v.Timestamp, v.Target, ""}
			if v.Kind == "response" {
				c.timeName = "Response-Timestamp"
			}
			if v.Body != nil {
				c.digest = digest([]byte(*v.Body))
			}
			if c.digest != v.Digest {
				t.Errorf("digest %q, want %q", c.digest, v.Digest)
			}
			if got := c.sign(file.SecretKey); got != v.Signature {
				t.Errorf("signature %q, want %q", got, v.Signature)
			}
			if !c.matches(file.SecretKey, v.Signature) || c.matches(file.SecretKey+"x", v.Signature) {
				t.Error("matches must accept this secret and no other")
			}
		})
	}
}
