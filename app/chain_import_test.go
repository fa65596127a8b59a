package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bandeau/telephony/siptest"
)

// importReport is the answer to an import.
type importReport struct {
	Stored                               bool
	Created, Updated, Unchanged, Refused int
	Lines                                []struct {
		Line          int
		Login, Action string
		Errors        []struct{ Location, Message string }
	}
}

// sendTable imports operators as CSV.
func (v *visitor) sendTable(text string) (report importReport) {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.ctx, http.MethodPost, v.base+"/operators/import", strings.NewReader(text))
	must(v.t, err)
	request.Header.Set("Content-Type", "text/csv")
	response, err := v.http.Do(request)
	must(v.t, err)
	defer func() { must(v.t, response.Body.Close()) }()
	data, err := io.ReadAll(response.Body)
	must(v.t, err)
	equal(v.t, "status of the import: "+string(data[:min(len(data), 300)]), response.StatusCode, http.StatusOK)
	must(v.t, json.Unmarshal(data, &report))
	return report
}

// TestChainImport brings operators in by a table: they are mailed their
// passwords, stand in their groups, and take calls.
func TestChainImport(t *testing.T) {
	t.Parallel()
	post := newPostOffice(t)
	s := newStage(t, func(o *Options) { o.SMTP = post.url() })
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	account, phone := s.newPhone("bruno", siptest.PhoneConfig{})
	must(t, phone.Register(s.ctx))
	var record struct{ Username string }
	s.admin.get("/phones/"+account, &record)
	report := s.admin.sendTable("login,fullName,email,phone.kind,phone.account,ringSeconds,groups\n" +
		"bruno,Bruno Test,bruno@example.org,centrex," + record.Username + ",9,Sales\n")
	equal(t, "created", report.Created, 1)
	equal(t, "stored", report.Stored, true)

	var l letter
	s.until("the mail", func() (ok bool) { l, ok = post.letterTo("bruno@example.org"); return ok })
	bruno := &operator{visitor: s.visit(), name: "bruno", phone: phone, account: account}
	bruno.login("bruno", l.password(t))
	bruno.send(http.MethodPost, "/password", fields{"current": l.password(t), "new": operatorPassword}, http.StatusNoContent, nil)
	anna.pause()
	s.call(serviceNumber, siptest.DialOptions{})
	s.rings(phone)
	s.until("bruno to ring", func() bool { return bruno.is("available ringing") })

	// All is taken back by a file with one wrong line.
	report = s.admin.sendTable("login,ringSeconds,email\nanna,60,anna@example.org\nbruno,60,anna@example.org\n")
	equal(t, "refused", report.Refused, 1)
	equal(t, "stored", report.Stored, false)
	var after struct{ RingSeconds int }
	s.admin.get("/operators/"+anna.id, &after)
	equal(t, "ring time", after.RingSeconds, 5)

	// What was exported is imported without a change.
	_, table := s.admin.request(http.MethodGet, "/operators/export", nil)
	report = s.admin.sendTable(string(table))
	equal(t, "unchanged", report.Unchanged, 2)
	// Out of the group by an empty cell, for everybody who has a line.
	report = s.admin.sendTable("login,groups\nbruno,\n")
	equal(t, "updated", report.Updated, 1)
	var group struct{ Members []struct{ Operator string } }
	s.admin.get("/groups/"+s.group, &group)
	equal(t, "members", len(group.Members), 1)
}

// TestChainImportOfMany: a hundred at once, published once. Nearly all of the
// time goes into their passwords.
func TestChainImportOfMany(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hashes 100 passwords")
	}
	s := newStage(t, nil)
	var table bytes.Buffer
	table.WriteString("login,fullName,email,askPhoneAtLogin,groups\n")
	for i := range 100 {
		fmt.Fprintf(&table, "op%d,Operator %d,op%d@example.org,true,sales\n", i, i, i)
	}
	began := time.Now()
	report := s.admin.sendTable(table.String())
	t.Logf("100 operators created in %s", time.Since(began))
	equal(t, "created", report.Created, 100)
	equal(t, "on the floor", len(s.floor().Operators), 100)
	equal(t, "members", func() int {
		var group struct{ Members []struct{ Operator string } }
		s.admin.get("/groups/"+s.group, &group)
		return len(group.Members)
	}(), 100)
	changed := strings.ReplaceAll(table.String(), ",true,", ",1,")
	equal(t, "unchanged", s.admin.sendTable(changed).Unchanged, 100)
	began = time.Now()
	changed = strings.ReplaceAll(table.String(), "Operator ", "Agent ")
	equal(t, "updated", s.admin.sendTable(changed).Updated, 100)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("100 changes took %s", took)
	} else {
		t.Logf("100 operators changed in %s", took)
	}
}
