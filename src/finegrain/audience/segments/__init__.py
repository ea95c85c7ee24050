"""Segments: named sets of people."""
