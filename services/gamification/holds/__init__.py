"""Which shares' points are held back for a review: integrity decides, the ledger obeys."""
