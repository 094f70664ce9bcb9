"""Templates of messages in Liquid, within bounds and without clock, files or chance."""
