"""The three servers that Timbre stands on, real programs from wheels, one file each."""
