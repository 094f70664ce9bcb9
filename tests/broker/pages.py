"""Pages of a worker, as a probe reads them."""

import urllib.error
import urllib.request


def page(address: str) -> str:
    """The page at an address, whatever its status. Raises ``OSError`` if nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as unready:
        return unready.read().decode()
