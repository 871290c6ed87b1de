"""What if: a season under other rules, tried without touching anything, or booked as a correction."""
