"""Reading boards from Valkey alone, so that they are there when every service is down."""
