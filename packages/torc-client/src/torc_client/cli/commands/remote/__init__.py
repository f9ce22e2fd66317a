"""Commands that reach remote machines by ssh."""
