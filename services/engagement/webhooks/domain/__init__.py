"""Rules of webhooks: how each network signs, and what its notices say."""
