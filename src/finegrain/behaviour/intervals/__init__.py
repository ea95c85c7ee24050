"""Intervals: how long it takes from one event to the next of another kind, or of the same, and for whom."""
