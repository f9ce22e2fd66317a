"""Access to SQLite: statements, transactions, the writer, the readers, migrations."""
