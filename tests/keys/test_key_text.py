"""Every damage of a key store's file is told by its own checksum, before a password is asked for."""

import hashlib
from pathlib import Path

import pytest

from connector.keys import key_text
from connector.keys.faults import DamagedStoreFault, NewerStoreFault
from connector.keys.key_text import MOST_BYTES, read, written

HERE = Path("conf/connectors/binance_perpetual.yml")
ENTRIES = {"format": "1", "domain": "binance_perpetual", "fact.kind": "HMAC"}


def rebuilt(data: bytes) -> bytes:
    """The same bytes under a checksum that fits."""
    body = data[: -len("checksum: \n") - 64]
    return body + f"checksum: {hashlib.sha256(body).hexdigest()}\n".encode()


def test_what_was_written_is_read() -> None:
    assert read(written(ENTRIES), HERE) == ENTRIES


def test_it_is_yaml_for_others() -> None:
    from ruamel.yaml import YAML

    found = YAML(typ="safe", pure=True).load(written(ENTRIES).decode())
    assert {key: str(found[key]) for key in ENTRIES} == ENTRIES


def test_every_byte_that_is_flipped_is_damage() -> None:
    data = written(ENTRIES)
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            with pytest.raises(DamagedStoreFault, match=str(HERE)):
                read(bytes(flipped), HERE)


def test_every_length_that_it_is_cut_to_is_damage() -> None:
    data = written(ENTRIES)
    for length in range(len(data)):
        with pytest.raises(DamagedStoreFault):
            read(data[:length], HERE)
    with pytest.raises(DamagedStoreFault):
        read(data + b"\n", HERE)


def test_no_byte_can_be_changed_under_a_new_checksum_without_being_another_entry() -> None:
    """Comments, spaces and line ends are part of the form: what can still be read says something else."""
    data = written(ENTRIES)
    for place in range(len(data) - len("checksum: \n") - 64):
        flipped = bytearray(data)
        flipped[place] ^= 1
        try:
            assert read(rebuilt(bytes(flipped)), HERE) != ENTRIES
        except (DamagedStoreFault, NewerStoreFault):
            continue


def test_a_file_of_a_later_version_is_told_apart_from_damage() -> None:
    data = written({**ENTRIES, "format": str(key_text.FORMAT + 1)})
    with pytest.raises(NewerStoreFault, match=r"has format 2, and this version reads 1; install a newer"):
        read(data, HERE)
    with pytest.raises(DamagedStoreFault):
        read(data[:-1], HERE)


@pytest.mark.parametrize("text", ["a: b\na: b\n", "a: b c\n", "- a\n", "a:b\n", "a: ü\n", "a: b\r\n", "\n"])
def test_lines_of_another_form_are_damage_however_well_they_are_summed(text: str) -> None:
    data = written({}).replace(b"checksum", text.encode("latin-1") + b"checksum")
    with pytest.raises(DamagedStoreFault, match="changed by hand"):
        read(rebuilt(data), HERE)


def test_a_file_that_is_far_too_long_is_not_read() -> None:
    with pytest.raises(DamagedStoreFault, match="far too long"):
        read(b"a" * (MOST_BYTES + 1), HERE)
