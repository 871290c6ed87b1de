"""Rules of imports: how a file is decoded and cut into rows, which column means what, and what a valid row is."""
