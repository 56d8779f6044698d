"""What came of a request: an answer, or none."""

from collections.abc import Mapping
from typing import NamedTuple


class HttpAnswer(NamedTuple):
    """Status, headers and body as received."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """No answer came. `sent` False: the request did not leave this machine."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent
