"""What keys do that change something: what it will do and to how many, as data, and the calls that do it."""
