"""Transitions: who moved from tier to tier, entered or left segments, as events."""
