"""Writes the Avro records of the internal events, and takes away those that the catalogue does not have."""

import json

from schemas.internal.catalogue import CATALOGUE, internal_documents


def main() -> None:
    """Make the records beside the catalogue those that it gives."""
    directory, documents = CATALOGUE.parent, internal_documents()
    for file in directory.glob("*.avsc"):
        if file.stem not in documents:
            file.unlink()
    for name, document in documents.items():
        text = json.dumps(document, indent=2, ensure_ascii=False)
        (directory / f"{name}.avsc").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
