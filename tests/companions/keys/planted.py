"""Tests that leave a secret where none may be, each in its own way; run by `tests/test_canaries.py` alone."""

import asyncio
import base64
import gzip
import logging
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote

from connector.simulator.access.api_keys import ApiKeys
from connector.simulator.access.signatures import KeyKind, new_pair
from tests.companions.flows.programs import Program
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import API_KEY, API_SECRET, PASSWORD


def test_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("nothing")


def test_meant(tmp_path: Path) -> None:
    secret_file(tmp_path / "word", PASSWORD)


def test_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "log").write_text(f"the key {API_KEY}")


def test_hex(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(API_SECRET.encode().hex())


def test_base64(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(base64.b64encode(f"user:{PASSWORD}, more".encode()))


def test_url(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(quote(PASSWORD))


def test_packed(tmp_path: Path) -> None:
    (tmp_path / "capture.gz").write_bytes(gzip.compress(API_KEY.encode()))


def test_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("status", API_KEY)


def test_made(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(ApiKeys().admit(1).api_secret)


def test_private_half(tmp_path: Path) -> None:
    made = ApiKeys().admit(1, new_pair(KeyKind.ED25519))
    (tmp_path / "log").write_text(made.api_secret.splitlines()[1])


def test_output() -> None:
    print(API_KEY)


def test_log() -> None:
    logging.getLogger("any").warning("signed with %s", API_SECRET)


async def _says(code: str, *words: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, *words, stdin=asyncio.subprocess.PIPE)
    program = Program(process, [(0.0, "ready")])
    await program.says("ready")
    process.kill()
    await process.wait()


async def test_processes() -> None:
    await _says("input()", API_KEY)
