"""What lives beside the writer in memory: long operations, long-polls, event streams and the output relay."""
