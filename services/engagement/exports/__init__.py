"""Exports: facts and numbers of a programme as files, written piece by piece while they are sent."""
