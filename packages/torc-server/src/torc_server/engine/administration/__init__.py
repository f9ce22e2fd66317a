"""What system administrators ask the database, and the log of it."""
