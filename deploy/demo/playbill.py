"""What the demo's definitions are called, in the order in which they are written.

Reads names for the screen and nothing else; what the definitions mean is Tidemark's business.
"""

from pathlib import Path
from typing import NamedTuple

import yaml

DEFINITIONS = Path(__file__).with_name("definitions")
"""The record shop's ruleset."""


class Playbill(NamedTuple):
    """Ids and names of what is shown."""

    segments: dict[str, str]
    distributions: dict[str, str]
    earning_rules: dict[str, str]


def read_playbill(directory: Path = DEFINITIONS) -> Playbill:
    """Ids and names from all YAML files of ``directory``."""
    documents = [
        document
        for file in sorted(directory.glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]
    named = [
        {one["id"]: one.get("name", one["id"]) for one in documents if one["kind"] == kind}
        for kind in ("segment", "distribution", "earning_rule")
    ]
    return Playbill(*named)
