"""What a client does around the server's operations: sequences of calls that belong together."""
