"""Logging in and out: plain pages without scripts, since nobody is known yet."""
