package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// received is one mail as the server accepted it.
type received struct {
	From, To  string
	User      string // who logged in
	Encrypted bool
	Data      string
}

// smtpServer is a server of RFC 5321 with AUTH PLAIN and STARTTLS. A scripted
// reply replaces the ordinary one of a command; an empty one hangs up.
type smtpServer struct {
	listener net.Listener
	tls      *tls.Config
	implicit bool
	login    string // user and password, as "user:password"; empty offers no AUTH
	wg       sync.WaitGroup

	mu      sync.Mutex
	script  map[string][]string
	mails   []received
	open    map[net.Conn]bool
	seen    []string
	stalled chan struct{} // receives when a DATA is left unanswered
}

type serverOption func(s *smtpServer)

func withLogin(login string) serverOption { return func(s *smtpServer) { s.login = login } }

func withTLS(t *testing.T, implicit bool) serverOption {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return func(s *smtpServer) {
		s.implicit = implicit
		s.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert}, PrivateKey: key}}}
	}
}

func startServer(t *testing.T, options ...serverOption) *smtpServer {
	t.Helper()
	s := &smtpServer{script: map[string][]string{}, open: map[net.Conn]bool{}, stalled: make(chan struct{}, 10)}
	for _, o := range options {
		o(s)
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.listener = listener
	s.wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[conn] = true
			s.mu.Unlock()
			s.wg.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { s.close() })
	return s
}

func (s *smtpServer) close() {
	_ = s.listener.Close()
	s.mu.Lock()
	for conn := range s.open {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

// url is what --smtp would say, with the log-in if the server wants one.
func (s *smtpServer) url(login string) string {
	scheme := "smtp"
	if s.implicit {
		scheme = "smtps"
	}
	if login != "" {
		login += "@"
	}
	return fmt.Sprintf("%s://%s%s?from=Bandeau%%20<bandeau@example.org>", scheme, login, s.listener.Addr())
}

// reply scripts the next replies to a command (CONNECT, EHLO, AUTH, MAIL,
// RCPT, DATA, END for the final dot, QUIT).
func (s *smtpServer) reply(command string, replies ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[command] = append(s.script[command], replies...)
}

func (s *smtpServer) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.mails...)
}

func (s *smtpServer) commands() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.seen, "\n")
}

func (s *smtpServer) openConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// answer writes the scripted reply to a command, else the ordinary one. It
// reports whether the ordinary one was written, and whether to go on.
func (s *smtpServer) answer(w net.Conn, command, ordinary string) (did, goOn bool) {
	s.mu.Lock()
	reply, did := ordinary, true
	if replies := s.script[command]; len(replies) > 0 {
		reply, did = replies[0], false
		s.script[command] = replies[1:]
	}
	s.mu.Unlock()
	if reply == "" {
		return false, false
	}
	if reply == "stall" {
		s.stalled <- struct{}{}
		return false, true
	}
	_, err := fmt.Fprintf(w, "%s\r\n", reply)
	return did, err == nil
}

func (s *smtpServer) serve(raw net.Conn) {
	conn := raw
	defer func() {
		_ = conn.Close()
		s.mu.Lock()
		delete(s.open, raw)
		s.mu.Unlock()
	}()
	var mail received
	if s.implicit {
		conn = tls.Server(raw, s.tls)
		mail.Encrypted = true
	}
	if _, ok := s.answer(conn, "CONNECT", "220 mail.test ESMTP"); !ok {
		return
	}
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		s.mu.Lock()
		s.seen = append(s.seen, verb)
		s.mu.Unlock()
		var did, ok bool
		switch verb {
		case "EHLO":
			extensions := "250-mail.test\r\n"
			if s.tls != nil && !mail.Encrypted {
				extensions += "250-STARTTLS\r\n"
			}
			if s.login != "" {
				extensions += "250-AUTH PLAIN\r\n"
			}
			_, ok = s.answer(conn, verb, extensions+"250 8BITMIME")
		case "STARTTLS":
			if _, ok = s.answer(conn, verb, "220 go"); ok {
				conn = tls.Server(conn, s.tls)
				in, mail.Encrypted = bufio.NewReader(conn), true
			}
		case "AUTH":
			_, proof, _ := strings.Cut(line[len("AUTH "):], " ")
			decoded, _ := base64.StdEncoding.DecodeString(proof)
			user, _, _ := strings.Cut(s.login, ":")
			if string(decoded) != "\x00"+strings.Replace(s.login, ":", "\x00", 1) {
				_, ok = s.answer(conn, verb, "535 5.7.8 wrong: "+string(decoded))
			} else if did, ok = s.answer(conn, verb, "235 welcome"); did {
				mail.User = user
			}
		case "MAIL":
			mail.From = line
			_, ok = s.answer(conn, verb, "250 ok")
		case "RCPT":
			mail.To = line
			_, ok = s.answer(conn, verb, "250 ok")
		case "DATA":
			if did, ok = s.answer(conn, verb, "354 go on"); did {
				if mail.Data, err = readData(in); err != nil {
					return
				}
				if did, ok = s.answer(conn, "END", "250 accepted"); did {
					s.mu.Lock()
					s.mails = append(s.mails, mail)
					s.mu.Unlock()
				}
			}
		case "QUIT":
			_, _ = s.answer(conn, verb, "221 bye")
			return
		default:
			_, ok = s.answer(conn, verb, "250 ok")
		}
		if !ok {
			return
		}
	}
}

// readData reads up to the lone dot and undoes the stuffing (RFC 5321 §4.5.2).
func readData(in *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == ".\r\n" {
			return b.String(), nil
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}
