"""Authentication: password files, credentials, HTTP Basic. Authorization is in the engine."""
