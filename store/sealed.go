package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// KeyFile is the name of the key file in the data directory.
const KeyFile = "secret.key"

// keySize is that of AES-256, in bytes.
const keySize = 32

// sealFormat is the first byte of a sealed text, so that another algorithm can
// follow.
const sealFormat = 1

// ErrUnsealable is returned for a sealed text that was changed, belongs to
// something else, or was sealed with another key.
var ErrUnsealable = errors.New("store: a secret can not be read with this key file")

// Box seals secrets with AES-256-GCM. The database alone is not enough to read
// them: a copy of it needs the key file too.
type Box struct {
	aead cipher.AEAD
}

// NewBox returns the box of a key of 32 bytes.
func NewBox(key []byte) (*Box, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("store: a key has %d bytes, not %d", keySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("store: cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("store: cipher: %w", err)
	}
	return &Box{aead: aead}, nil
}

// OpenBox returns the box of the key file in the data directory, which is made
// if there is none, readable by its owner only.
func OpenBox(dir string) (*Box, error) {
	path := filepath.Join(dir, KeyFile)
	key, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		key, err = makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("store: key file: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("store: key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("store: key file %s can be read by others: its mode must be 0600", path)
	}
	box, err := NewBox(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, path)
	}
	return box, nil
}

// makeKey writes a new key durably: secrets sealed with a key that a power cut
// takes away are lost.
func makeKey(path string) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(rand.Reader, key); err != nil {
		return nil, err
	}
	partial := path + ".new"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(key)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return nil, err
	}
	if err := os.Rename(partial, path); err != nil {
		return nil, err
	}
	return key, syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Seal returns the sealed text. It opens only for the same owner, a text that
// says what the secret belongs to.
func (b *Box) Seal(secret, owner string) ([]byte, error) {
	nonce := make([]byte, b.aead.NonceSize())
	if _, err := io.ReadFull(rand.Reader, nonce); err != nil {
		return nil, fmt.Errorf("store: seal: %w", err)
	}
	sealed := append([]byte{sealFormat}, nonce...)
	return b.aead.Seal(sealed, nonce, []byte(secret), []byte(owner)), nil
}

// Open returns the secret of a sealed text.
func (b *Box) Open(sealed []byte, owner string) (string, error) {
	n := b.aead.NonceSize()
	if len(sealed) < 1+n || sealed[0] != sealFormat {
		return "", ErrUnsealable
	}
	secret, err := b.aead.Open(nil, sealed[1:1+n], sealed[1+n:], []byte(owner))
	if err != nil {
		return "", ErrUnsealable
	}
	return string(secret), nil
}
