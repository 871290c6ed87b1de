"""How often somebody may call, and how much may be under way at once."""
