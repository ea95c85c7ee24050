"""The tiers page: schemes, thresholds with live effect, the people behind each number."""
