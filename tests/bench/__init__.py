"""The benchmark: the same job, side by side, measured from outside."""
