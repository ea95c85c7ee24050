"""Where things are kept: what happened (``events``), and what we know and decided about people (``ops``)."""
