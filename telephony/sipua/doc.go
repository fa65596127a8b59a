// Package sipua is Bandeau's SIP user agent: listeners with a gate in front of them, a registrar for phones, trunks to
// carriers, and INVITE dialogs. It knows SIP and nothing else: no audio, no groups, no operators; a centre is a string.
//
// Messages and transactions are those of github.com/emiago/sipgo, used below its dialog types, which lose calls:
// they give up after ten provisional responses, leave a 200 that crosses a CANCEL without ACK and BYE, and end
// silently when a 200 is never acknowledged. Everything from the transaction upwards is written here.
//
//	socket → gate (inspect) → library: parser, transactions → onRequest → registrar | trunk | Dialog → Event
//
// The gate reads every message first, with a small parser of its own. It limits rates and sizes, answers what is
// malformed, classifies the sender (phone, trunk, address of a live dialog, stranger), challenges whoever has to
// prove an identity, handles CANCEL and the ACK of a 2xx, and rewrites what passes into one plain form. A stranger
// who has not answered a challenge never reaches the library, whose tables keep every address they see for ever.
//
// A Dialog is an actor: methods, messages and timers become closures in its mailbox, run one after the other. Its
// events go to a sink in order. No method blocks; a method that the state does not allow does nothing.
//
// Digest: a nonce carries its time and an HMAC over time and source address; the count nc must rise. After
// AuthFailures wrong answers within AuthWindow an account is locked for that address: every answer, the right one
// included, gets the same 401 as a wrong one. Absent accounts are treated like existing ones with another password.
package sipua
