"""Calls to the server: claims, reports, the lease, outages, and the journal of reports that were not sent."""
