"""What the overview and the graph show, as lines of text with styles. Pure."""
