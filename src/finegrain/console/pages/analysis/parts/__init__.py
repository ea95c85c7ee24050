"""The controls of which the forms of the analysis are made; each holds one field of a query."""
