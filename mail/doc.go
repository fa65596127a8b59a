// Package mail writes the mails of the product in four languages and delivers
// those of the outbox over SMTP.
//
// A password mail is rendered when the password is made and stored in the
// outbox, in the same transaction as the hash: neither exists without the
// other. A Sender takes the mails that are due, one after the other, and
// delivers each at least once; the Message-ID comes from the id of the mail, so
// that a second copy after a crash is recognised as one. A body leaves the
// outbox as soon as its mail is sent or given up, because it holds a password,
// and nothing of it is ever logged.
package mail
