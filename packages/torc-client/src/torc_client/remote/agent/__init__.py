"""What runs on the host of a remote worker: `torc remote-agent`, which starts, watches and stops a runner there.

It reads one request as JSON on stdin and prints one answer as JSON on stdout.
"""
