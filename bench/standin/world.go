package standin

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
)

// World is everything a function talks to, on loopback.
type World struct {
	Table   Table
	Secrets Secrets
	DOKU    DOKU

	Handshakes atomic.Int64 // TLS handshakes begun with DOKU's stand-in

	TableURL, SecretsURL, DOKUURL string

	authority string // file of the certificate that DOKU's stand-in shows; empty without TLS
	servers   []*httptest.Server
}

// New starts the stand-ins. With TLS, DOKU's listens behind a certificate that is written to dir. The caller must Close them.
func New(withTLS bool, dir string) (*World, error) {
	w := &World{}
	w.TableURL = w.serve(&w.Table)
	w.SecretsURL = w.serve(&w.Secrets)
	if !withTLS {
		w.DOKUURL = w.serve(&w.DOKU)
		return w, nil
	}
	server := httptest.NewUnstartedServer(&w.DOKU)
	server.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		w.Handshakes.Add(1)
		return nil, nil
	}}
	server.StartTLS()
	w.servers = append(w.servers, server)
	w.DOKUURL = server.URL
	w.authority = filepath.Join(dir, "authority.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(w.authority, certificate, 0o600); err != nil {
		w.Close()
		return nil, fmt.Errorf("writing the certificate of DOKU's stand-in: %w", err)
	}
	return w, nil
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
	}
	if w.authority != "" {
		// Else the certificates of this machine would be read too, as many as it happens to have.
		env["SSL_CERT_FILE"], env["SSL_CERT_DIR"] = w.authority, filepath.Dir(w.authority)
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
}
