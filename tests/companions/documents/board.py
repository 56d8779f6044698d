"""The board for Grafana, and what it asks."""

import json
from collections.abc import Iterator
from typing import Any

from tests.companions.documents.pages import DOCS

BOARD: dict[str, Any] = json.loads((DOCS / "grafana" / "connector_run.json").read_text())


def expressions() -> Iterator[str]:
    """Every question to Prometheus."""
    for panel in BOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
