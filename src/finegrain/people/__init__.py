"""People: which ids belong to whom, and what is known of each."""
