package standin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// World is everything a function talks to, on loopback.
type World struct {
	Table   Table
	Secrets Secrets
	DOKU    DOKU
	Bus     Bus

	Handshakes atomic.Int64 // TLS handshakes begun with DOKU's stand-in

	TableURL, SecretsURL, DOKUURL, BusURL string

	authority string // file of the certificate that DOKU's stand-in shows; empty without TLS
	servers   []*httptest.Server
}

// New starts the stand-ins. With TLS, DOKU's listens behind a certificate of its own. The caller must Close them.
func New(withTLS bool) (*World, error) {
	w := &World{}
	w.TableURL = w.serve(&w.Table)
	w.SecretsURL = w.serve(&w.Secrets)
	w.BusURL = w.serve(&w.Bus)
	if !withTLS {
		w.DOKUURL = w.serve(&w.DOKU)
		return w, nil
	}
	own, err := certificate()
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("making the certificate of DOKU's stand-in: %w", err)
	}
	server := httptest.NewUnstartedServer(&w.DOKU)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{own}, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		w.Handshakes.Add(1)
		return nil, nil
	}}
	server.StartTLS()
	w.servers = append(w.servers, server)
	w.DOKUURL = server.URL
	dir, err := os.MkdirTemp("", "kasir-bench-")
	if err != nil {
		w.Close()
		return nil, err
	}
	w.authority = filepath.Join(dir, "authority.pem")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})
	if err := os.WriteFile(w.authority, authority, 0o600); err != nil {
		w.Close()
		return nil, fmt.Errorf("writing the certificate of DOKU's stand-in: %w", err)
	}
	return w, nil
}

// certificate is one for loopback, of a key that signs fast: the stand-in's share of a handshake is to be small.
func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, err
}

func (w *World) serve(handler http.Handler) string {
	server := httptest.NewServer(handler)
	w.servers = append(w.servers, server)
	return server.URL
}

// Env is what a function must be given to talk to the stand-ins; the keys come from Secrets Manager.
func (w *World) Env() map[string]string {
	env := map[string]string{
		"DOKU_ENVIRONMENT": w.DOKUURL,
		"DOKU_SECRET_ARN":  SecretARN, "AWS_ENDPOINT_URL_SECRETS_MANAGER": w.SecretsURL,
		"TABLE_NAME": TableName, "AWS_ENDPOINT_URL_DYNAMODB": w.TableURL, "CALLBACK_HOSTS": "localhost",
		"EVENT_BUS": BusName, "AWS_ENDPOINT_URL_EVENTBRIDGE": w.BusURL,
	}
	if w.authority != "" {
		// Else the certificates of this machine would be read too, as many as it happens to have.
		env["SSL_CERT_FILE"], env["SSL_CERT_DIR"] = w.authority, filepath.Join(filepath.Dir(w.authority), "none")
	}
	return env
}

// PeerEnv is the same for those who take the keys from the environment.
func (w *World) PeerEnv() map[string]string {
	env := w.Env()
	delete(env, "DOKU_SECRET_ARN")
	env["DOKU_CLIENT_ID"], env["DOKU_SECRET_KEY"] = ClientID, SecretKey
	if w.authority != "" {
		env["NODE_EXTRA_CA_CERTS"] = w.authority
	}
	return env
}

// TableName is the name of the table, here and in dynalite.
const TableName = "kasir"

// Close ends the stand-ins.
func (w *World) Close() {
	for _, server := range w.servers {
		server.CloseClientConnections()
		server.Close()
	}
	if w.authority != "" {
		os.RemoveAll(filepath.Dir(w.authority))
	}
}
