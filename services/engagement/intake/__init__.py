"""Intake: what a door has accepted goes to the broker's disk before the answer; a receipt says what became of it."""
