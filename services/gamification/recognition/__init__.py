"""Recognition: spotlights that managers give, and whom the week's ledger suggests for one."""
