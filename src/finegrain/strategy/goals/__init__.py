"""Goals: a figure of some people that is to reach a target by a day, how far it is, and where it is heading."""
