package directory

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

func TestCheckNewPassword(t *testing.T) {
	for name, tt := range map[string]struct {
		login, old, chosen string
		refused            int
	}{
		"shortest":              {"anna", "", strings.Repeat("é", 12), 0},
		"too short":             {"anna", "", strings.Repeat("é", 11), 1},
		"longest":               {"anna", "", strings.Repeat("é", 128), 0},
		"too long":              {"anna", "", strings.Repeat("é", 129), 1},
		"nothing more":          {"anna", "", "aaaaaaaaaaaa", 0},
		"spaces are characters": {"anna", "", "            ", 0},
		"the login":             {"anna.alba.long", "", "Anna.Alba.Long", 1},
		"the old one":           {"anna", "correct horse", "correct horse", 1},
		"the old one, louder":   {"anna", "correct horse", "Correct horse", 0},
		"short and the login":   {"anna", "", "anna", 2},
		"empty":                 {"anna", "", "", 1},
	} {
		if got := CheckNewPassword(tt.login, tt.old, tt.chosen); len(got) != tt.refused {
			t.Errorf("%s: %v, want %d problems", name, got, tt.refused)
		}
	}
}

func TestGenerated(t *testing.T) {
	for name, tt := range map[string]struct {
		generate func(io.Reader) (string, error)
		length   int
	}{
		"password":       {GeneratePassword, 16},
		"phone password": {GeneratePhonePassword, 20},
		"user name":      {GenerateUsername, 10},
	} {
		seen := map[string]bool{}
		for range 200 {
			got, err := tt.generate(rand.Reader)
			if err != nil || len(got) != tt.length || seen[got] || strings.ContainsFunc(got, notInUsername) || strings.ContainsAny(got, "._-") {
				t.Fatalf("%s: %q, %v", name, got, err)
			}
			seen[got] = true
		}
		if got, err := tt.generate(bytes.NewReader([]byte{1, 2, 3})); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			t.Errorf("%s: %q, %v although randomness ended", name, got, err)
		}
	}
}

// Every byte value once: were the rest of the division kept, the first
// characters of the alphabet would come more often.
func TestRandomTextIsUniform(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(255 - i) // those to be dropped come first
	}
	n := 256 / len(lettersAndDigits) * len(lettersAndDigits)
	text, err := randomText(bytes.NewReader(all), lettersAndDigits, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range lettersAndDigits {
		if got := strings.Count(text, string(r)); got != n/len(lettersAndDigits) {
			t.Errorf("%c comes %d times, want %d", r, got, n/len(lettersAndDigits))
		}
	}
}

func TestHashPassword(t *testing.T) {
	hash, err := HashPassword("correct horse", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash.Reveal(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", hash.Reveal())
	}
	other, err := HashPassword("correct horse", rand.Reader)
	if err != nil || other == hash {
		t.Errorf("the same password twice gives the same hash, %v", err)
	}
	for password, want := range map[string]bool{"correct horse": true, "Correct horse": false, "": false, "correct horse ": false} {
		if ok, err := VerifyPassword(hash, password); ok != want || err != nil {
			t.Errorf("VerifyPassword(%q) = %v, %v", password, ok, err)
		}
	}
	if VerifyNobody("correct horse") {
		t.Error("nobody has a password")
	}
	if _, err := HashPassword("x", bytes.NewReader(nil)); err == nil {
		t.Error("hashed without randomness")
	}
}

// A vector of the reference implementation's tests: t=2, m=256 KiB, p=1, salt
// "somesalt".
func TestVerifyForeignHash(t *testing.T) {
	const hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if ok, err := VerifyPassword(hash, "password"); !ok || err != nil {
		t.Errorf("VerifyPassword = %v, %v", ok, err)
	}
}

func TestVerifyRefusesDamagedHashes(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	for _, hash := range []string{
		"", "plain", "$argon2i$v=19$m=256,t=2,p=1$" + salt + "$" + key, "$argon2id$v=16$m=256,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4000000,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=256,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=256,t=9999,p=1$" + salt + "$" + key, "$argon2id$v=19$m=256,t=2,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=256,t=2,p=300$" + salt + "$" + key, "$argon2id$v=19$m=1,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=256,t=2$" + salt + "$" + key, "$argon2id$v=19$m=256,t=2,p=1$*$" + key,
		"$argon2id$v=19$m=256,t=2,p=1$$" + key, "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$",
		"$argon2id$v=19$m=256,t=2,p=1$" + salt + "$" + key + "$x",
	} {
		if ok, err := VerifyPassword(Secret(hash), "password"); ok || !errors.Is(err, ErrHash) {
			t.Errorf("VerifyPassword(%q) = %v, %v", hash, ok, err)
		}
	}
}

func TestGenerateToken(t *testing.T) {
	token, hash, err := GenerateToken(rand.Reader)
	if err != nil || len(token) != 43 || len(hash) != 32 || !bytes.Equal(hash, HashToken(token)) {
		t.Errorf("token of %d characters, hash of %d bytes, %v", len(token), len(hash), err)
	}
	if bytes.Equal(hash, HashToken(token+"x")) {
		t.Error("another token has the same hash")
	}
	if _, _, err := GenerateToken(bytes.NewReader(nil)); err == nil {
		t.Error("token without randomness")
	}
}

func TestSecretIsHidden(t *testing.T) {
	const text = "hunter2hunter2"
	record := Trunk{Name: "carrier", Password: text}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("trunk", "password", record.Password, "record", record)
	encoded, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{
		fmt.Sprint(record), fmt.Sprintf("%v %+v %#v %s %q %x %d", record, record, record, record.Password, record.Password, record.Password, record.Password),
		string(encoded), logged.String(), record.Password.String(),
	} {
		if strings.Contains(got, text) || strings.Contains(got, fmt.Sprintf("%x", text)) {
			t.Errorf("the secret shows in %s", got)
		}
	}
	if record.Password.Reveal() != text {
		t.Error("the secret is lost")
	}
}
