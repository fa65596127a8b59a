package sqlite

import "database/sql"

// Writer returns the connection that writes.
func (db *DB) Writer() *sql.DB { return db.writer }
