"""The FastAPI kit: problem details, request ids, health, cursor pages and idempotency keys. Knows no service."""
