"""Rewards: what a programme offers for points, and who asked for what. The ledger of points is never touched."""
