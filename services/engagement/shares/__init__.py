"""Shares: what sharing and content told of shares, of the people who publish them, and of programmes."""
