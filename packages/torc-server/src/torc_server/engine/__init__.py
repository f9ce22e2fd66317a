"""The domain: synchronous functions over a transaction. They decide; they know no HTTP, no clock, no thread."""
