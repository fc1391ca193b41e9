package app

import "os"

// bundles are the files in which Linux distributions keep all certificates that they trust, Amazon Linux's first.
var bundles = []string{"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"}

// TrustBundle makes Go load the CA bundle once. By default Go also scans the certificate directories, which on Amazon
// Linux hold the same bundle; that was a quarter of a cold start. SSL_CERT_FILE and SSL_CERT_DIR win if set. Call it
// before the first connection.
func TrustBundle() {
	if os.Getenv("SSL_CERT_FILE") != "" || os.Getenv("SSL_CERT_DIR") != "" {
		return
	}
	for _, bundle := range bundles {
		if _, err := os.Stat(bundle); err == nil {
			os.Setenv("SSL_CERT_FILE", bundle)
			os.Setenv("SSL_CERT_DIR", os.DevNull)
			return
		}
	}
}
