package node

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clockRate is how many units of the times in /proc a second has, USER_HZ: 100
// on every Linux there is.
const clockRate = 100

// CPUTime is the processor time the process has used, in user and system mode.
func (n *Node) CPUTime(tb testing.TB) time.Duration {
	tb.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.PID()))
	if err != nil {
		tb.Fatal(err)
	}
	// The name in parentheses may hold anything; utime and stime are the fields
	// 14 and 15, proc(5), 12th and 13th after it.
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	var ticks int64
	for _, field := range fields[11:13] {
		t, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		ticks += t
	}
	return time.Duration(ticks) * (time.Second / clockRate)
}

// ResidentBytes is the memory of the process that is in RAM.
func (n *Node) ResidentBytes(tb testing.TB) int64 {
	tb.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.PID()))
	if err != nil {
		tb.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				tb.Fatal(err)
			}
			return kib << 10
		}
	}
	tb.Fatal("no VmRSS in /proc")
	return 0
}
