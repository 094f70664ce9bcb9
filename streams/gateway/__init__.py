"""HTTP: ingest, questions, validations. Empty so far; the topics are the way in and out."""
