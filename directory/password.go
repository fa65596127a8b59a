package directory

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// FirstPasswordLife is how long a mailed password stays valid.
const FirstPasswordLife = 7 * 24 * time.Hour

// The parameters of Argon2id (RFC 9106), the smallest memory of the OWASP
// recommendation: enough against guessing a stolen hash, little enough for a
// shift of operators that logs in at the same minute.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonKey     = 32 // bytes
)

// The largest parameters VerifyPassword accepts of a stored hash, so that a
// damaged row cannot take the memory of the node.
const (
	maxArgonMemory  = 256 * 1024 // KiB
	maxArgonTime    = 16
	maxArgonThreads = 16
)

// ErrHash means that a stored hash cannot be read.
var ErrHash = errors.New("unreadable password hash")

const (
	minNewPassword = 12  // characters
	maxNewPassword = 128 // characters
	// lettersAndDigits leaves out those that look alike (0 O o, 1 I l): the
	// password is copied from a mail, or typed into a desk phone.
	lettersAndDigits = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
)

// CheckNewPassword returns every rule a person's new password breaks: 12 to
// 128 characters, not the login, not the old one, nothing more. The old one is
// empty where none is known.
func CheckNewPassword(login, old, chosen string) []Problem {
	c := &checker{}
	if n := utf8.RuneCountInString(chosen); n < minNewPassword || n > maxNewPassword {
		c.invalid("new", "must have from %d to %d characters", minNewPassword, maxNewPassword)
	}
	if strings.EqualFold(chosen, login) {
		c.invalid("new", "must not be the login")
	}
	if old != "" && chosen == old {
		c.invalid("new", "must not be the old password")
	}
	return c.problems
}

// GeneratePassword returns 16 letters and digits for a mailed password, about
// 92 bits.
func GeneratePassword(random io.Reader) (string, error) {
	return randomText(random, lettersAndDigits, 16)
}

// GeneratePhonePassword returns 20 letters and digits for a SIP account.
func GeneratePhonePassword(random io.Reader) (string, error) {
	return randomText(random, lettersAndDigits, 20)
}

// GenerateToken returns a token for a program or a cookie, 256 bits, and the
// hash to store.
func GenerateToken(random io.Reader) (token string, hash []byte, err error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", nil, fmt.Errorf("read randomness: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, HashToken(token), nil
}

// HashToken returns the hash a token is stored and found by. Tokens are
// random, so that a plain hash is enough.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// randomText draws n characters of an ASCII alphabet, each equally likely.
func randomText(random io.Reader, alphabet string, n int) (string, error) {
	// Bytes above the last multiple of the alphabet's length are dropped:
	// the rest of a division would favour the first characters.
	limit := 256 - 256%len(alphabet)
	text := make([]byte, 0, n)
	var one [1]byte
	for len(text) < n {
		if _, err := io.ReadFull(random, one[:]); err != nil {
			return "", fmt.Errorf("read randomness: %w", err)
		}
		if int(one[0]) < limit {
			text = append(text, alphabet[int(one[0])%len(alphabet)])
		}
	}
	return string(text), nil
}

// HashPassword returns the Argon2id hash of a password as a PHC string, with
// a salt drawn from random.
func HashPassword(password string, random io.Reader) (Secret, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	return Secret(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime,
		argonThreads, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))), nil
}

// VerifyPassword reports whether a password has a hash. The comparison takes
// the same time wherever they differ.
func VerifyPassword(hash Secret, password string) (bool, error) {
	fields := strings.Split(hash.Reveal(), "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, ErrHash
	}
	var memory, passes, threads uint32
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false, fmt.Errorf("%w: parameters", ErrHash)
	}
	if memory < 8*threads || memory > maxArgonMemory || passes < 1 || passes > maxArgonTime ||
		threads < 1 || threads > maxArgonThreads {
		return false, fmt.Errorf("%w: parameters out of bounds", ErrHash)
	}
	salt, err := base64.RawStdEncoding.DecodeString(fields[4])
	if err != nil || len(salt) < 8 {
		return false, fmt.Errorf("%w: salt", ErrHash)
	}
	want, err := base64.RawStdEncoding.DecodeString(fields[5])
	if err != nil || len(want) < 16 || len(want) > 64 {
		return false, fmt.Errorf("%w: key", ErrHash)
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, uint8(threads), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// VerifyNobody does the work of VerifyPassword for a login nobody has, so
// that the time of the answer does not tell which logins exist. It is always
// false.
func VerifyNobody(password string) bool {
	var salt [argonSalt]byte
	argon2.IDKey([]byte(password), salt[:], argonTime, argonMemory, argonThreads, argonKey)
	return false
}

// NewCredential returns the credential of a password its owner chose.
func NewCredential(subject ID, hash Secret, now time.Time) Credential {
	return Credential{Subject: subject, Hash: hash, UpdatedAt: now}
}

// NewFirstCredential returns the credential of a mailed password: it must be
// replaced at the first login and ends by itself.
func NewFirstCredential(subject ID, hash Secret, now time.Time) Credential {
	return Credential{Subject: subject, Hash: hash, MustChange: true, ExpiresAt: now.Add(FirstPasswordLife), UpdatedAt: now}
}

// Expired reports whether the password has ended.
func (c Credential) Expired(now time.Time) bool {
	return !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt)
}
