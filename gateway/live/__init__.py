"""Boards that move while they are looked at: server-sent events, a whole page first and then what changed on it."""
