"""Access to SQLite: statements, transactions, the writer, the read pool, migrations."""
