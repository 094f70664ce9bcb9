"""One module per command of ``tidemark``; each imports what it needs when it runs, so that help is quick."""
