"""Sending: the people of a segment to another server, signed."""
