"""Sets of people: tiers today; segments, rules and transitions next."""
