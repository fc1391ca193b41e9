package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"kasir/bench/host"
	"kasir/bench/standin"
)

// trust is a certificate store as a function may find it.
type trust struct {
	what         string
	file, folder string // SSL_CERT_FILE and SSL_CERT_DIR
}

// startTrusting measures what the certificates cost that P1 leaves out: whoever opens a connection by TLS parses every one of the
// store first, and Go reads the bundle file and then what lies in the folder, where Amazon Linux has the same bundle again.
func (b *bench) startTrusting(ctx context.Context) error {
	world, err := standin.New(standin.Everybody)
	if err != nil {
		return err
	}
	defer world.Close()
	stores, err := b.stores(world.Authority)
	if err != nil {
		return fmt.Errorf("making certificate stores: %w", err)
	}
	programs, order := map[string]host.Command{hello: {Args: b.here(hello)}}, []string{hello}
	for _, name := range []string{"createpage", "notify"} {
		for _, store := range stores {
			env := world.Env()
			env["SSL_CERT_FILE"], env["SSL_CERT_DIR"] = store.file, store.folder
			what := fmt.Sprintf("start of %s to hello's, all it speaks to behind TLS, %s; memory", name, store.what)
			programs[what], order = host.Command{Args: b.here(name), Env: env}, append(order, what)
		}
	}
	all, err := starts(ctx, b.count(80, 5), order, programs)
	if err != nil {
		return err
	}
	for _, what := range order[1:] {
		of := all[what]
		b.report.add(row{
			what:     what,
			measured: fmt.Sprintf("%s; %.1f MiB", millis(median(of.ready).Center), float64(of.memory)/(1<<20)), ratio: times(median(ratios(of.ready, all[hello].ready)).Center),
		})
	}
	return nil
}

// stores makes them of the stand-ins' certificate and a bundle.
func (b *bench) stores(own string) ([]trust, error) {
	root := filepath.Join(b.built, "certificates")
	empty, again := filepath.Join(root, "empty"), filepath.Join(root, "again")
	for _, folder := range []string{empty, again} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	content, whose, err := bundle()
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(own)
	if err != nil {
		return nil, err
	}
	content = append(append(content, '\n'), authority...)
	many := filepath.Join(root, "bundle.pem")
	for _, file := range []string{many, filepath.Join(again, "bundle.pem")} {
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return nil, err
		}
	}
	count := bytes.Count(content, []byte("-----BEGIN CERTIFICATE-----"))
	return []trust{
		{"1 certificate to trust", own, empty},
		{fmt.Sprintf("%d certificates to trust, %s", count, whose), many, empty},
		{fmt.Sprintf("%d certificates to trust, %s, and the same again in the folder", count, whose), many, again},
	}, nil
}

// bundles are where machines keep what they trust, in Go's order.
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
}

// bundle is this machine's, or one as large where there is none.
func bundle() (content []byte, whose string, err error) {
	for _, file := range bundles {
		if content, err := os.ReadFile(file); err == nil {
			return content, "this machine's", nil
		}
	}
	content, err = madeUp(140)
	return content, "made for this", err
}

// madeUp makes certificates that sign themselves, every other of RSA as about half of the world's roots are.
func madeUp(count int) ([]byte, error) {
	long, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		return nil, err
	}
	short, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, err
	}
	keys := []crypto.Signer{long, short}
	var out bytes.Buffer
	for n := range count {
		key := keys[n%len(keys)]
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(n + 1)), Subject: pkix.Name{Country: []string{"ID"}, Organization: []string{"Nobody's"}, CommonName: fmt.Sprintf("Root %d", n)},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
		raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			return nil, err
		}
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: raw}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
