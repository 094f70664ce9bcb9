import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.domain.expression_text import write_expression
from streams.domain.expressions import parse_expression

PAGE = Path("topology/definitions/README.md").read_text("utf-8")


def said(**conditions: Any) -> dict[str, Any]:
    """Operators with their values, as a filter holds them: ``said(more_than=[1], is_=[2])``."""
    return {"conditions": {f"${operator.removesuffix('_')}": values for operator, values in conditions.items()}}
