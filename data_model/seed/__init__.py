"""Data that a new installation begins with, as files: no code."""
