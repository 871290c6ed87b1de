"""Withdrawals: the door for what was taken back, and taking it back behind the door."""
