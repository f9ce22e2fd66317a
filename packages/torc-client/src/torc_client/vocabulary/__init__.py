"""Words for records: nouns, columns with their kinds, and filters that are offered. Pure data for all front ends."""
