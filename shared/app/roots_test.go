package app

import (
	"os"
	"path/filepath"
	"testing"
)

// The certificates are those of the bundle if there is one. Without a bundle, or with SSL_CERT_FILE or SSL_CERT_DIR
// set, nothing changes.
func TestOnlyTheBundleIsRead(t *testing.T) {
	bundle := filepath.Join(t.TempDir(), "bundle.crt")
	if err := os.WriteFile(bundle, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before := bundles
	defer func() { bundles = before }()
	for _, c := range []struct{ there, file, dir, wantFile, wantDir string }{
		{bundle, "", "", bundle, os.DevNull},
		{bundle + ".not", "", "", "", ""},
		{bundle, "/own.pem", "", "/own.pem", ""},
		{bundle, "", "/own", "", "/own"},
	} {
		bundles = []string{"/not/there.crt", c.there}
		t.Setenv("SSL_CERT_FILE", c.file)
		t.Setenv("SSL_CERT_DIR", c.dir)
		if TrustBundle(); os.Getenv("SSL_CERT_FILE") != c.wantFile || os.Getenv("SSL_CERT_DIR") != c.wantDir {
			t.Errorf("%+v: %q, %q", c, os.Getenv("SSL_CERT_FILE"), os.Getenv("SSL_CERT_DIR"))
		}
	}
}
