"""Running Tidemark: the local broker and the demo."""
