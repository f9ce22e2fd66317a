"""Background work: what the server does without a request."""
