"""Strategy: what is to be reached for whom, and what is done for it."""
