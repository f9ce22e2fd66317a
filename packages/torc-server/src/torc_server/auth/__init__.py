"""Who is calling: password files, credentials, Basic authentication. What they may do is decided in the engine."""
