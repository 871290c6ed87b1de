"""Rules of links: where they may lead, what is added to the address, and how they stand in Valkey."""
