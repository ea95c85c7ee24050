"""Access: users, roles, sessions, tokens, what each may do, and the record of every change."""
