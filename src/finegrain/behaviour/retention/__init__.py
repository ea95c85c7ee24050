"""Retention: how many of those who started in one civil bucket come back in the buckets after it, and who they are."""
