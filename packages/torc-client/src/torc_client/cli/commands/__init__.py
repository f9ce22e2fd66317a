"""The commands, one file each. They return values; the package `framework` prints them."""
