package engine

import "time"

const (
	// mailboxLength bounds the commands waiting for the engine; those who send
	// more wait.
	mailboxLength = 4096
	// newCallMark is the length above which new calls are refused, so that the
	// calls there are can be served.
	newCallMark = mailboxLength / 2
	// batchLength bounds the commands of one transaction.
	batchLength = 256
	// subscriberLength bounds the deltas a reader may be behind by.
	subscriberLength = 256
	// checkpointEvery is the number of events between two checkpoints.
	checkpointEvery = 10_000
	// retryFirst and retryMost bound the pause between attempts to write the journal.
	retryFirst = 50 * time.Millisecond
	retryMost  = 2 * time.Second
	// longestSleep bounds the wait for the next deadline, so that a wall clock
	// set forward is noticed.
	longestSleep = time.Second
)
