"""What is stored: one file a kind of record, with its schema and how it is listed, created and changed."""
