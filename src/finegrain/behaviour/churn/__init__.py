"""Churn diagnosis: what marks people who went silent, against comparable people who stayed."""
