package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"time"
)

// requestTime bounds one request.
const requestTime = 20 * time.Second

// object is a JSON object.
type object map[string]any

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// visitor is somebody logged in.
type visitor struct {
	url    string
	client *http.Client
}

// logIn logs somebody in.
func (n *node) logIn(ctx context.Context, login, password string) (*visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("a cookie jar: %w", err)
	}
	v := &visitor{url: n.url() + "/api/v1", client: &http.Client{Jar: jar, Timeout: requestTime}}
	_, err = v.do(ctx, http.MethodPost, "/login", object{"login": login, "password": password})
	return v, err
}

// do asks the API for something; what is no success is an error.
func (v *visitor) do(ctx context.Context, method, path string, body any) (object, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	req, err := http.NewRequestWithContext(ctx, method, v.url+path, bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := v.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }() // what counts is the body, read below
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", resp.Status, data)
	}
	answer := object{}
	if err == nil && len(data) > 0 {
		err = json.Unmarshal(data, &answer)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return answer, nil
}
