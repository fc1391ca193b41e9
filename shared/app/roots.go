package app

import "os"

// bundles are the files in which Linux distributions keep all certificates they trust, Amazon's first.
var bundles = []string{"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"}

// TrustBundle has Go read the system's certificates once. It reads the bundle, and then its folders too, where the same certificates lie again:
// on Amazon Linux the bundle itself, which took a cold start's fourth part. Whoever says with SSL_CERT_FILE or SSL_CERT_DIR where
// certificates are is obeyed. It belongs before the first connection.
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
