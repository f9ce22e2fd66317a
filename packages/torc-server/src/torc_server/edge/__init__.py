"""What a program meets at its edge: standard streams, files that others may write to, sockets, connections, log lines.

torc-server and torc-client have the same text of this folder, because neither depends on the other:
`tests/architecture/test_copies.py` compares them. Modules import each other relatively, and nothing else of Torc.
"""
