"""Badges: what an ambassador's counters have earned them; definitions are data, a programme may add its own."""
