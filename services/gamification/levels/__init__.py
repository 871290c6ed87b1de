"""Levels: how far an ambassador's lifetime points have carried them; a level is lost only by a correction."""
