"""Counters: what each ambassador did and drew, by local day and in all; absolute, counted again from the evidence."""
