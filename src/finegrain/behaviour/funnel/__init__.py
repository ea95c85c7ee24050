"""Funnels: how many come how far along steps, how long it takes, and who they are."""
