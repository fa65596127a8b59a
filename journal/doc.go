// Package journal keeps the events of a centre for ever and gives its state
// back from them.
//
// Every event of the core has an entry in the codec's table: a stable name and
// a version, and its fields as a JSON object. Events are appended in the order
// of their sequence numbers, which start at 1 and leave no gap, together with
// the report rows they change, in one transaction. A checkpoint holds the whole
// state after some event, so that recovery folds only the tail; it is a short
// cut and no more: one that can not be read, or does not give the state it was
// taken of, is passed over for an older one, in the end for the whole journal.
//
// The package declares the [Store] it needs and opens no database itself.
package journal
