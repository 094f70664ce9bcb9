"""A real single-node Kafka on this machine, for the demo, the tests and a first round.

Decides how it is fetched, configured, started and stopped. Knows nothing of Tidemark's topics; a cluster that serves
customers is somebody else's work.
"""
