"""SQLite and nothing else: statements, transactions, the writer, the readers, migrations."""
