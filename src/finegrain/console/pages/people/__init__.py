"""The list of people, and the page of one person."""
