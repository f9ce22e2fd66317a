"""The Torc dashboard: pages rendered by the server, a proxy to one Torc server, and a door for one person."""
