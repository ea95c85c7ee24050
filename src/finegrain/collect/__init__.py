"""Everything that brings data in: files today, wire formats next; validation, dead letters, and the way into the stores."""
