// Package report turns the events of a centre into rows: calls, visits of
// calls to groups, operators' parts in calls, floor sessions and the intervals
// of operators' states. It performs no input or output and reads no clock.
//
// The rows are derived from nothing but the events, and are written in the
// transaction that writes the events, so that history can not differ from the
// live floor. [Projector] does it as the events happen; folding the whole
// journal again gives the same rows.
//
// Definitions. A call's wait runs from its arrival to its first connection
// with an operator or, without one, to its end. Its talk runs from that
// connection to its end, holds included. A group's visit begins when the call
// is offered to the group and ends when it leaves it for good; offered =
// answered + abandoned + overflowed + waiting holds over any set of visits. A
// visit is within the service level when it was answered not later than the
// group's service level seconds, as they were on entry, after it began.
package report
