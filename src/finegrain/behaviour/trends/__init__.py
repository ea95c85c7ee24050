"""Trends: what happens over time, how people come and go, and how often they come back."""
