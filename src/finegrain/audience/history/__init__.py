"""History: who was in segments and tiers on past days."""
