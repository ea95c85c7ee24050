"""Portraits: what tells the people of a segment or tier from everybody."""
