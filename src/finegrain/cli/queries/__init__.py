"""The commands that ask about behaviour: one a kind of query."""
