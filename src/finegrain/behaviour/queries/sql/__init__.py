"""Queries as SQL on ClickHouse, with the kernels' meaning: sqlglot trees around statements that stand in files."""
