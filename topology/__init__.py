"""The composition root: topics, definitions, settings, the application and the command line."""
