package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
)

// postOffice takes the mails of the node; it keeps the last plain text for
// each address.
type postOffice struct {
	listener net.Listener

	mu      sync.Mutex
	letters map[string]string
}

func openPostOffice(ctx context.Context) (*postOffice, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", loopback().String())
	if err != nil {
		return nil, fmt.Errorf("the post office: %w", err)
	}
	p := &postOffice{listener: listener, letters: map[string]string{}}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p, nil
}

func (p *postOffice) url() string {
	return "smtp://" + p.listener.Addr().String() + "?from=bandeau@example.org"
}

func (p *postOffice) close() { _ = p.listener.Close() }

func (p *postOffice) letter(to string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.letters[to]
}

// serve speaks as much of RFC 5321 as a client needs.
func (p *postOffice) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 post office")
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "EHLO":
			say("250-post office\r\n250 8BITMIME")
		case "DATA":
			say("354 go on")
			if p.take(in) != nil {
				say("554 not a mail")
				return
			}
			say("250 accepted")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (p *postOffice) take(in *bufio.Reader) error {
	var content strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if line == ".\r\n" {
			break
		}
		content.WriteString(strings.TrimPrefix(line, "."))
	}
	m, err := mail.ReadMessage(strings.NewReader(content.String()))
	if err != nil {
		return err
	}
	to, err := m.Header.AddressList("To")
	if err != nil {
		return err
	}
	text, err := plainText(m)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters[to[0].Address] = text
	return err
}

// plainText reads the first part of a mail, which is what people without HTML see.
func plainText(m *mail.Message) (string, error) {
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	return string(text), err
}
