"""Paths: what people do after an event, or before one, position by position, and who they are."""
