"""Definitions from files to the topic and back: read, check, plan, publish, follow.

``load`` reads a directory, ``check`` compiles it, ``plan`` compares it with what is live, ``publish`` writes
exactly that plan, ``live`` reads what is published.
"""
