"""PostgreSQL and Valkey: the only code that opens a connection to either."""
