"""Rules: who belongs to a segment, as a tree of conditions over what people are and did."""
