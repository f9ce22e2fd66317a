"""`torc tui`: the terminal interface. It needs the extra `tui`, and imports the library, never the command line."""
