"""The keys, secrets and passwords of the tests are canaries: after each test everything that was written, said or shown
is searched for them, as they are, in hex, in base64 and as in a URL.

Searched are the files of the test's folder (what is packed in them, too), its captured output and log, what programs
said, how they stand in the list of processes, and the folder that all programs share. A file that must hold a secret is
made by `secret_file`; the local exchange's own room, which keeps its keys in its files, is not searched.
"""

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from connector.simulator.access import api_keys
from connector.simulator.access.api_keys import ApiKey, ApiKeys
from tests.companions.keys.stores import API_KEY, API_SECRET, OTHER_PASSWORD, PASSWORD
from tests.companions.places import ROOT

#: By the name by which one that is found is told.
ORDINARY = {
    "API_KEY": API_KEY,
    "API_KEY backwards": API_KEY[::-1],
    "API_SECRET": API_SECRET,
    "PASSWORD": PASSWORD,
    "OTHER_PASSWORD": OTHER_PASSWORD,
}
#: A key of an exchange, or a line of a private half, has so many letters in a row, and more in every other form: most
#: files of all tests have no such row, and the keys of all tests are many.
_MAY_HOLD_A_KEY = re.compile(rb"[0-9A-Za-z+/%_-]{28}")
_OF_AN_EXCHANGE = "a key of a local exchange"
_NOT_SEARCHED = ROOT / "tests" / "simulator"


def forms_of(secret: str) -> dict[str, bytes]:
    """How it may stand somewhere, by the name of the form. In base64 it has three forms, by what stands before it."""
    raw = secret.encode()
    coded = [base64.b64encode(bytes(before) + raw) for before in range(3)]
    inner = [text[4 if before else 0 : -4] for before, text in enumerate(coded)]
    return {
        "as it is": raw,
        "in hex": raw.hex().encode(),
        "in hex, upper case": raw.hex().upper().encode(),
        **{f"in base64 ({before})": text for before, text in enumerate(inner)},
        "as in a URL": quote(secret, safe="").encode(),
        "as in a form": quote_plus(secret).encode(),
    }


class Canaries:
    """Of one test process."""

    def __init__(self) -> None:
        self._ordinary = [(name, form, text) for name, secret in ORDINARY.items() for form, text in _distinct(secret)]
        #: Keys that exchanges made: since the last test, and since the start.
        self._made: list[str] = []
        self._ever_made: list[str] = []
        self._meant: set[Path] = set()
        self._heard: list[tuple[str, str]] = []

    def made(self, make: Callable[[], str]) -> Callable[[], str]:
        """What makes keys up; each is a canary from then on."""

        def noted() -> str:
            self._made.append(key := make())
            return key

        return noted

    def admitted(self, admit: Callable[..., ApiKey]) -> Callable[..., ApiKey]:
        """What gives accounts their keys; the lines of a private half are canaries, too."""

        def noted(*args: Any, **kwargs: Any) -> ApiKey:
            made = admit(*args, **kwargs)
            self._made += [line for line in made.api_secret.splitlines() if "-----" not in line]
            return made

        return noted

    def mean(self, path: Path) -> None:
        """This file holds a secret, as it should."""
        self._meant.add(path)

    def hear(self, where: str, text: str) -> None:
        """Something that was said or shown, to be searched when the test is over."""
        self._heard.append((where, text))

    def found(self, folder: Path | None, said: Iterable[tuple[str, str]]) -> list[str]:
        """Where one is after a test, and which, without telling it."""
        texts = ((where, text.encode(errors="replace")) for where, text in (*said, *self._heard))
        return self._in((*texts, *self._files(folder)), self._made)

    def found_after_all(self, folder: Path) -> list[str]:
        """The same in a folder that all tests share."""
        return self._in(self._files(folder), self._ever_made)

    def _in(self, places: Iterable[tuple[str, bytes]], made: list[str]) -> list[str]:
        keys = [(_OF_AN_EXCHANGE, form, text) for key in dict.fromkeys(made) for form, text in _distinct(key)]
        found = []
        for where, data in places:
            wanted = [*self._ordinary, *(keys if _MAY_HOLD_A_KEY.search(data) else ())]
            found += [f"{where}: {name} {form}" for name, form, text in wanted if text in data]
        return found

    def forget(self) -> None:
        """The next test begins."""
        self._ever_made += self._made
        self._made.clear()
        self._meant.clear()
        self._heard.clear()

    def _files(self, folder: Path | None) -> Iterator[tuple[str, bytes]]:
        for path in sorted(folder.rglob("*")) if folder is not None else ():
            if path.is_file() and not path.is_symlink() and path not in self._meant:
                yield from unpacked(str(path), path.read_bytes())


def _distinct(secret: str) -> list[tuple[str, bytes]]:
    forms: dict[bytes, str] = {}
    for form, text in forms_of(secret).items():
        forms.setdefault(text, form)
    return [(form, text) for text, form in forms.items()]


def unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, and what is packed in it."""
    yield name, data
    if data.startswith(b"\x1f\x8b"):
        try:
            yield f"{name} (unpacked)", gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", archive.read(member)


CANARIES = Canaries()
api_keys.random_key = CANARIES.made(api_keys.random_key)
ApiKeys.admit = CANARIES.admitted(ApiKeys.admit)  # type: ignore[method-assign]


def secret_file(path: Path, text: str) -> Path:
    """A file of mode 0600 that a person keeps a secret in."""
    CANARIES.mean(path)
    path.write_text(text)
    path.chmod(0o600)
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A test after which a canary is found has failed."""
    report: pytest.TestReport = yield
    if report.when != "teardown":
        return report
    found = []
    if not item.path.is_relative_to(_NOT_SEARCHED):
        found = CANARIES.found(getattr(item, "funcargs", {}).get("tmp_path"), report.sections)
    CANARIES.forget()
    if found and report.passed:
        report.outcome = "failed"
        report.longrepr = "\n".join(["a secret of the tests is where none may be:", *found])
    return report
