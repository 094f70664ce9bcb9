"""Tables as text: columns as wide as their widest cell, the last one runs free."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Head, rule and rows, one a line."""
    everything = [head, *rows]
    widths = [max(len(row[column]) for row in everything) for column in range(len(head) - 1)]
    rule = ["-" * width for width in widths] + ["-" * len(head[-1])]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in [head, rule, *everything[1:]]
    )
