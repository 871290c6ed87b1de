"""Subscriptions: which endpoint of a programme hears what, with which secrets, and whether it still does."""
