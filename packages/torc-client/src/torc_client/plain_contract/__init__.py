"""Work with a server that has the published contract alone, such as torc-server 1.0.0 of the original Torc."""
