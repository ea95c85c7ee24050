"""The pages of the analysis: one for each kind of question, with its form, its answer and the people behind each number."""
