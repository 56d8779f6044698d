"""A file that was changed opens nothing: not a byte of it, whoever rebuilt its checksum."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector.core.faults import KeyStoreFault
from connector.keys.faults import DamagedStoreFault, NewerStoreFault, OtherDomainFault, WrongPasswordFault
from connector.keys.key_file import parsed
from connector.keys.slots import Unlocking
from tests.companions.keys.stores import (
    API_KEY,
    API_SECRET,
    CHEAP,
    LIVE,
    OLD,
    TESTNET,
    connected,
    opened,
)  # fmt: skip
from tests.keys.test_key_text import rebuilt

HERE = Path("binance_perpetual.yml")


@pytest.fixture
def text(tmp_path: Path) -> bytes:
    return connected(tmp_path).bytes_of(LIVE)


def read_out(data: bytes, unlocking: Unlocking = OLD, domain: str = LIVE) -> tuple[str | None, str | None]:
    """What the ordinary way gets out of these bytes."""
    file = parsed(data, domain, CHEAP, HERE)
    key = file.opened(unlocking, HERE)
    return file.unsealed(key, "api_key", HERE), file.unsealed(key, "api_secret", HERE)


def test_the_key_comes_out_and_stands_nowhere_in_the_file(text: bytes) -> None:
    assert read_out(text) == (API_KEY, API_SECRET)
    for secret in (API_KEY, API_SECRET):
        assert secret.encode() not in text
        assert secret.encode().hex().encode() not in text


def test_every_byte_that_is_flipped_is_one_clear_fault_whoever_rebuilt_the_checksum(text: bytes) -> None:
    kinds: set[type] = set()
    for place in range(len(text) - 75):
        for bit in (0, 2, 6):
            flipped = bytearray(text)
            flipped[place] ^= 1 << bit
            with pytest.raises(DamagedStoreFault):
                read_out(bytes(flipped))
            with pytest.raises(KeyStoreFault) as caught:
                read_out(rebuilt(bytes(flipped)))
            kinds.add(caught.type)
            assert "\n" not in str(caught.value)
            assert API_SECRET[:8] not in str(caught.value)
    assert kinds == {DamagedStoreFault, NewerStoreFault, OtherDomainFault, WrongPasswordFault}


def test_cut_at_any_line_with_a_new_checksum_it_opens_nothing(text: bytes) -> None:
    lines = text.splitlines(keepends=True)[:-1]
    for left_out in range(len(lines)):
        body = b"".join(lines[:left_out] + lines[left_out + 1 :])
        with pytest.raises(KeyStoreFault):
            read_out(rebuilt(body + b"checksum: " + b"0" * 64 + b"\n"))


def test_the_four_reasons_have_four_lines(text: bytes) -> None:
    newer = rebuilt(text.replace(b"format: 1\n", b"format: 7\n"))
    tries = {
        WrongPasswordFault: (text, Unlocking.by_password("not this one"), LIVE, "wrong password; try again"),
        DamagedStoreFault: (text[:-1], OLD, LIVE, "is damaged"),
        NewerStoreFault: (newer, OLD, LIVE, "install a newer connector"),
        OtherDomainFault: (text, OLD, TESTNET, "is the key store of binance_perpetual, not of binance_perpetual_testn"),
    }
    for kind, (data, unlocking, domain, words) in tries.items():
        with pytest.raises(kind, match=words):
            read_out(data, unlocking, domain)


def test_sealed_texts_that_were_swapped_open_nothing(tmp_path: Path) -> None:
    """Between fields, between domains, between stores of one domain."""
    store = connected(tmp_path, LIVE, TESTNET)
    other = connected(tmp_path / "other", LIVE)
    mine, testnet, others = store.read(LIVE), store.read(TESTNET), other.read(LIVE)
    swapped = [
        {**mine.fields, "api_key": mine.fields["api_secret"], "api_secret": mine.fields["api_key"]},
        {**mine.fields, "api_secret": testnet.fields["api_secret"]},
        {**mine.fields, "api_secret": others.fields["api_secret"]},
    ]
    for fields in swapped:
        file = replace(mine, fields=fields)
        with pytest.raises(DamagedStoreFault, match="rebuilt its checksum"):
            read_out(file.text())
        # Even the one who holds the data key, and could seal the file again, moves no text to another place.
        key = mine.opened(OLD, HERE)
        with pytest.raises(DamagedStoreFault, match=r"its field api_\w+ was changed"):
            read_out(file.sealed(key).text())
    for slots in (testnet.slots, others.slots):
        with pytest.raises(WrongPasswordFault):
            read_out(replace(mine, slots=slots).text())


def test_each_write_is_the_next_generation(tmp_path: Path) -> None:
    store = connected(tmp_path)
    assert store.read(LIVE).generation == 1
    opened(store).mark_checked()
    assert store.read(LIVE).generation == 2
