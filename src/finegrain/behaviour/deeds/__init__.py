"""What everybody did, as one number a person: how often, on how many days, what it sums up to, when first and last."""
