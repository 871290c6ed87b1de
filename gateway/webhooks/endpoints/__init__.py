"""The other end: which addresses may be spoken to, and one POST to one of them."""
