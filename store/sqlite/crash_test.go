package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store/storetest"
)

// crashDir tells the child process of TestKilledWriter where to write.
const crashDir = "BANDEAU_TEST_CRASH_DIR"

func fresh() *acd.State { return acd.New(storetest.Seed) }

// TestKilledWriterChild appends a random day, a few events at a time, and says
// which are durable, until it is killed. It does nothing by itself.
func TestKilledWriterChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("runs in the child process of TestKilledWriter")
	}
	db := open(t, dir)
	j, back, err := journal.Open(t.Context(), db, "main", fresh)
	if err != nil {
		t.Fatal(err)
	}
	h := storetest.NewHistory(5)
	h.Step(20_000)
	state := back.State
	for n := 0; j.Seq() < uint64(len(h.Events)); n++ {
		batch := h.Events[j.Seq():]
		batch = batch[:min(len(batch), 1+n%9)]
		if err := j.Append(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		for _, e := range batch {
			state.Apply(e.At, e.Event)
		}
		if n%10 == 0 {
			if err := j.Checkpoint(t.Context(), j.Seq(), state.Checkpoint()); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Println("durable", j.Seq())
	}
}

// TestKilledWriter kills a process that writes, several times, and checks after
// each that all it called durable is there, that the journal is a prefix of
// the day, and that the recovered projector is that of the whole fold.
func TestKilledWriter(t *testing.T) {
	dir := t.TempDir()
	h := storetest.NewHistory(5)
	h.Step(20_000)
	last := uint64(0)
	for round := range 3 {
		said := killAfter(t, dir, 15+round*7)
		db := open(t, dir)
		j, back, err := journal.Open(t.Context(), db, "main", fresh)
		if err != nil {
			t.Fatal(err)
		}
		if back.Seq < said || back.Seq <= last {
			t.Fatalf("event %d was durable, the journal ends at %d (before: %d)", said, back.Seq, last)
		}
		last = back.Seq
		events := h.Events[:back.Seq]
		kept, err := j.Read(t.Context(), 0, len(events)+1)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(events, kept); diff != "" {
			t.Fatalf("the journal is no prefix of the day:\n%.1000s", diff)
		}
		state, projector := fresh(), report.NewProjector()
		for _, e := range events {
			state.Apply(e.At, e.Event)
		}
		projector.Stage(events)
		projector.Commit()
		if state.Hash() != back.State.Hash() {
			t.Error("the recovered state is not the fold's")
		}
		open, err := db.OpenRows(t.Context(), "main")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(projector.Open(), open); diff != "" {
			t.Errorf("open rows (-fold +recovered):\n%.1000s", diff)
		}
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// killAfter starts the child, kills it after some lines and returns the last
// event it called durable.
func killAfter(t *testing.T, dir string, lines int) uint64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWriterChild$")
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var seq uint64
	scanner := bufio.NewScanner(out)
	for lines > 0 && scanner.Scan() {
		if _, err := fmt.Sscanf(scanner.Text(), "durable %d", &seq); err == nil {
			lines--
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for scanner.Scan() { // what it said before it died counts
		if strings.HasPrefix(scanner.Text(), "durable ") {
			_, _ = fmt.Sscanf(scanner.Text(), "durable %d", &seq)
		}
	}
	_ = cmd.Wait()
	if lines > 0 {
		t.Fatalf("the child ended by itself at event %d", seq)
	}
	return seq
}

// BenchmarkAppend measures a commit with its events, alone and in groups.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 8, 32, 200} {
		b.Run(fmt.Sprintf("events=%d", size), func(b *testing.B) {
			db := open(b, b.TempDir())
			j, _, err := journal.Open(b.Context(), db, "main", fresh)
			if err != nil {
				b.Fatal(err)
			}
			h := storetest.NewHistory(9)
			for b.Loop() {
				for uint64(len(h.Events)) < j.Seq()+uint64(size) {
					h.Step(200)
				}
				if err := j.Append(b.Context(), h.Events[j.Seq():j.Seq()+uint64(size)]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// TestReadersDoNotWait reads while a transaction that writes is open.
func TestReadersDoNotWait(t *testing.T) {
	db := open(t, t.TempDir())
	tx, err := db.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if _, err := db.LastSeq(context.WithoutCancel(t.Context()), "main"); err != nil {
				t.Error(err)
			}
			if _, err := db.Centres().List(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}
