"""Tier schemes of one's own: ordered rules, of which the first that somebody meets names their tier."""
