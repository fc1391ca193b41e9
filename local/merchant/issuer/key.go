package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// loadKey reads the key from its file. If there is no file, it makes a key and writes the file.
func loadKey(file string) (*rsa.PrivateKey, error) {
	if file != "" {
		content, err := os.ReadFile(file)
		if err == nil {
			return parseKey(file, content)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("reading the key: %w", err)
		}
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	if file == "" {
		return key, nil
	}
	if err := saveKey(file, key); err != nil {
		return nil, fmt.Errorf("keeping the key: %w", err)
	}
	return key, nil
}

func parseKey(file string, content []byte) (*rsa.PrivateKey, error) {
	errKey := fmt.Errorf("%s holds no RSA key of 2048 bits or more: remove it to get a new one", file)
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, errKey
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errKey
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() < 2048 {
		return nil, errKey
	}
	return key, nil
}

// saveKey writes a temporary file first, so that no reader ever sees half a key.
func saveKey(file string, key *rsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(file), ".issuer-") // readable by its owner only
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	err = pem.Encode(draft, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := errors.Join(err, draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), file)
}
