"""Text from strangers on a terminal: what would move the cursor, or turn the writing round, is written out."""


def printable(text: str) -> str:
    """The text, lines kept, every other character that does not print as its escape."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else _escape(each) for each in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode()
