"""Tests from outside, on all processes: a package, so that these end with the last of them."""
