"""Seasons: thirteen weeks that end, stay open for what comes late, and are then settled for good."""
