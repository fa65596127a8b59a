package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"testing"
	"time"
)

// Object is a JSON object.
type Object map[string]any

// Text returns a member that is a string, empty when it is not.
func (o Object) Text(name string) string {
	s, _ := o[name].(string)
	return s
}

// List returns a member that is a list of objects.
func (o Object) List(name string) []Object {
	values, _ := o[name].([]any)
	var list []Object
	for _, v := range values {
		if member, ok := v.(map[string]any); ok {
			list = append(list, member)
		}
	}
	return list
}

// Visitor is somebody logged in, with a cookie jar of his own.
type Visitor struct {
	url    string
	client *http.Client
}

// requestTime bounds one request.
const requestTime = 20 * time.Second

// Login logs somebody in, by the present address of a node.
func (n *Node) Login(tb testing.TB, login, password string) *Visitor {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	v := &Visitor{url: n.URL, client: &http.Client{Jar: jar, Timeout: requestTime}}
	tb.Cleanup(v.client.CloseIdleConnections)
	v.Do(tb, "POST", "/login", Object{"login": login, "password": password})
	return v
}

// Admin logs the technical user of the first start in.
func (n *Node) Admin(tb testing.TB) *Visitor {
	tb.Helper()
	return n.Login(tb, "admin", AdminPassword)
}

// Move lets a visitor go on, with his cookies, at a node that was started again.
// The port is no part of where a cookie belongs (RFC 6265 §8.5).
func (v *Visitor) Move(n *Node) { v.url = n.URL }

// Do asks /api/v1 for something and fails the test unless the answer is a
// success.
func (v *Visitor) Do(tb testing.TB, method, path string, body any) Object {
	tb.Helper()
	data, err := v.try(tb, method, "/api/v1"+path, body)
	if err != nil {
		tb.Fatal(err)
	}
	if len(data) == 0 {
		return nil
	}
	answer := Object{}
	if err := json.Unmarshal(data, &answer); err != nil {
		tb.Fatalf("%s %s: %v in %s", method, path, err, data)
	}
	return answer
}

// Get asks for any path of the node and returns the body of a success.
func (v *Visitor) Get(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := v.try(tb, "GET", path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func (v *Visitor) try(tb testing.TB, method, path string, body any) ([]byte, error) {
	tb.Helper()
	var content io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(tb.Context(), method, v.url+path, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // what counts is the body, read below
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, data)
	}
	return data, err
}

// All reads every page of a list.
func (v *Visitor) All(tb testing.TB, path string) []Object {
	tb.Helper()
	var items []Object
	for cursor := ""; ; {
		page := v.Do(tb, "GET", path+"?limit=500&cursor="+cursor, nil)
		items = append(items, page.List("items")...)
		if cursor = page.Text("next"); cursor == "" {
			return items
		}
	}
}
