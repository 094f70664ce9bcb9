"""The demo: a real record shop's history, replayed through a real Kafka.

``python -m deploy.demo`` runs it; ``python -m deploy.demo.cdnow`` writes the events alone.
"""
