// Package directory holds the administered records of a contact centre
// (operators, groups, pause types, numbers, phones, trunks, users) and the
// rules they obey. It performs no input or output and never reads a clock:
// instants, randomness and what other records say are arguments.
//
// A record goes through three steps. A New function gives it the defaults of
// the product; Normalize brings what a person typed to the stored form (spaces
// trimmed, logins and e-mail domains in lower case, telephone numbers in
// E.164); Validate names every rule the result breaks, all at once. A record
// whose Validate is empty may be stored.
//
// Optional texts are empty when absent, optional figures are nil pointers.
// Durations are whole seconds unless the name of the field says otherwise.
package directory
