"""The goals pages: the board, one goal, and the wizard that sets one."""
