"""Asking the workers of an installation what they know of its customers."""
