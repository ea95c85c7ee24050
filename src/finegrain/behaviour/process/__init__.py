"""Process diagnosis: how a named process really runs, where it loses people, and which repair would be worth most."""
