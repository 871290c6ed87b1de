"""Clicks: visits of tracked links as the gateway saw them, each judged once its share is known."""
