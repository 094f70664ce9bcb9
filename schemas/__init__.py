"""Event definitions and output schemas in Avro, and the encodings on the wire.

Knows nothing of segments, rules or Kafka.
"""
