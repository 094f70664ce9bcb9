"""The Faust shell: transport, transactions, state store, restore, due index, clock.

Knows records, partitions and customers' states as values; what an event means is decided in the domain.
"""
