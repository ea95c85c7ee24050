"""The forms of the kinds of questions, and the questions that are worth asking of a shop."""
