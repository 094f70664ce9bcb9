"""The ``customer.*`` events that come with Tidemark: one readable catalogue, and an Avro record made from it for each.

``python -m schemas.internal`` writes the records beside the catalogue.
"""
