"""Write, find and send results that runners keep on disk while the server does not answer."""
