"""What the tests of all distributions share: see `support.skips`."""

pytest_plugins = ["support.skips", "pytester"]
