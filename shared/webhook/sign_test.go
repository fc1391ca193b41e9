package webhook_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/webhook"
)

// The vector is that of the specification's own libraries.
const (
	vectorSecret    = doku.Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

var vectorTime = time.Unix(1614265330, 0)

var otherSecret = webhook.NewSecret([webhook.SecretSize]byte{1, 2, 3})

func TestTheSignatureIsThatOfTheSpecification(t *testing.T) {
	header, err := webhook.Sign([]doku.Secret{vectorSecret}, vectorID, vectorTime, []byte(vectorBody))
	if err != nil || header.Get("webhook-signature") != vectorSignature || header.Get("webhook-id") != vectorID ||
		header.Get("webhook-timestamp") != "1614265330" {
		t.Errorf("%v, %v", header, err)
	}
}

// During a rotation a receiver may know either secret.
func TestEachSecretSigns(t *testing.T) {
	body := []byte(vectorBody)
	header, err := webhook.Sign([]doku.Secret{otherSecret, vectorSecret}, vectorID, time.Now(), body)
	if err != nil || strings.Count(header.Get("webhook-signature"), "v1,") != 2 {
		t.Fatalf("%v, %v", header, err)
	}
	for _, secret := range []doku.Secret{otherSecret, vectorSecret} {
		if err := webhook.Verify(secret, header, body); err != nil {
			t.Error(err)
		}
	}
	third := webhook.NewSecret([webhook.SecretSize]byte{9})
	if webhook.Verify(third, header, body) == nil || webhook.Verify(vectorSecret, header, []byte("{}")) == nil ||
		webhook.Verify(vectorSecret, http.Header{}, body) == nil {
		t.Error("another secret, another body or no header verifies")
	}
}

// Nothing is signed with a secret that anybody could guess, and no error contains a part of one.
func TestWithoutAUsableSecretNothingIsSigned(t *testing.T) {
	for name, secrets := range map[string][]doku.Secret{
		"none": nil, "empty": {""}, "no key": {"whsec_"}, "short": {"whsec_c2hvcnQ="},
		"not base64": {"whsec_geheim!geheim"},
		"no prefix":  {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "one of two": {vectorSecret, "whsec_c2hvcnQ="},
	} {
		header, err := webhook.Sign(secrets, vectorID, vectorTime, []byte(vectorBody))
		if err == nil || header != nil || strings.Contains(err.Error(), "geheim") ||
			strings.Contains(err.Error(), "c2hvcnQ") {
			t.Errorf("%s: %v, %v", name, header, err)
		}
	}
}

func TestSecretsAreReadByEndpoint(t *testing.T) {
	all := webhook.Secrets{"shop": {Current: vectorSecret, Previous: otherSecret}, "bad": {Current: "whsec_x"}}
	read, err := webhook.ParseSecrets(all.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if two, err := read.Of("shop"); err != nil || len(two) != 2 || two[0] != vectorSecret || two[1] != otherSecret {
		t.Errorf("%d secrets, %v", len(two), err)
	}
	for endpoint, want := range map[string]string{
		"books": "has no secret yet: run kasir webhooks rotate books", "bad": "run kasir webhooks rotate bad",
	} {
		if _, err := read.Of(endpoint); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if _, err := webhook.ParseSecrets("whsec_abc"); err == nil || strings.Contains(err.Error(), "whsec_abc") {
		t.Error(err)
	}
	if printed := fmt.Sprintf("%v %+v %#v", read, read["shop"], read); strings.Contains(printed, "MfKQ9") {
		t.Errorf("a secret is printed: %s", printed)
	}
}
