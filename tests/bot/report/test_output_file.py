"""The file of a bot in the background keeps its bound."""

import os
import subprocess
import sys
from pathlib import Path

from connector.bot.report.output_file import IN_BACKGROUND, OutputFile

#: A run that says more than the file takes, by both of its outputs.
TALKATIVE = """
import sys
from connector.bot.report.screen import patient_console
console = patient_console()
for number in range(200_000):
    console.file.write(f"{number:06} " + "x" * 80 + chr(10))
print("the last word", file=sys.stderr)
"""


def test_a_bot_that_says_more_than_its_file_takes_keeps_the_latest_in_two_files(tmp_path: Path) -> None:
    path = tmp_path / "btc.out"
    with path.open("ab") as file:
        subprocess.run(
            [sys.executable, "-c", TALKATIVE], stdout=file, stderr=subprocess.STDOUT, check=True, timeout=60,
            env={**os.environ, IN_BACKGROUND: str(path)},
        )  # fmt: skip
    files = (tmp_path / "btc.out.1", path)
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert all(0 < each.stat().st_size < 5_100_000 for each in files), [each.stat() for each in files]
    assert path.stat().st_mode & 0o077 == 0
    said = [line for each in files for line in each.read_text().splitlines()]
    assert said[-1] == "the last word"
    numbers = [int(line[:6]) for line in said if line[:6].isdecimal()]
    assert numbers == sorted(numbers) and numbers[-1] == 199_999


def test_what_does_not_write_into_the_file_is_left_alone(tmp_path: Path) -> None:
    path, other = tmp_path / "btc.out", tmp_path / "other"
    path.write_bytes(b"x" * 100)
    with other.open("ab") as file:
        OutputFile(path, most_bytes=10).bound(file.fileno())
        file.write(b"goes on")
    assert (path.stat().st_size, other.read_bytes()) == (100, b"goes on")
    assert not OutputFile(path).before.exists()
