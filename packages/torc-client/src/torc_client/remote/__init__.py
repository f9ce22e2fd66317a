"""Workers on other machines, reached by the `ssh` of this machine."""
