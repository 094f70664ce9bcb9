"""What was rejected: reading it, judging it anew, and sending it again, once."""
