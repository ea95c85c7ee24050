"""Distribution: how many people do something how often, on how many days, or for how much."""
