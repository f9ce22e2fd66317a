"""The Torc dashboard: pages that it renders, a proxy to one Torc server, and access for one person."""
