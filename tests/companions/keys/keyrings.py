"""A keyring of the library's own kind that forgets all when the test is over."""

import contextlib
from collections.abc import Iterator

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps words for as long as it lives."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.words.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.words[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.words.pop((service, username), None) is None:
            raise PasswordDeleteError("no such word")


@contextlib.contextmanager
def kept_in_memory() -> Iterator[dict[tuple[str, str], str]]:
    """What the system's keyring would keep."""
    before = keyring.get_keyring()
    mine = MemoryKeyring()
    keyring.set_keyring(mine)
    try:
        yield mine.words
    finally:
        keyring.set_keyring(before)
