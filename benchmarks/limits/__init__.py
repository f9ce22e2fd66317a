"""What the machine itself can do: programs with nothing in them but the work that cannot be left out."""
