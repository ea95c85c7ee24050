"""Definitions as files: tier schemes, thresholds, segments, goals and tracking plan, written, compared and brought in as YAML."""
