"""Streaks: the weeks in a row in which an ambassador kept the cadence that they chose for themself."""
