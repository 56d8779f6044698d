"""A record is read back as it was written, or not at all."""

import zlib
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.journal import OrderIntended, Record
from connector.store.compiled import record_lines as compiled
from connector.store.plain.record_lines import KINDS, lines_of
from connector.store.record_lines import BadLine, line_of, record_at
from tests.companions.store.samples import RECORDS, changed, intended


def test_every_kind_of_record_has_a_letter_of_its_own() -> None:
    assert set(KINDS.values()) == set(get_args(Record))


@given(RECORDS)
def test_a_record_comes_back_to_the_last_digit(record: Record) -> None:
    line = line_of(record)
    assert record_at(line, 0) == (record, len(line))
    assert line.count(b"\n") == 1


@given(st.lists(RECORDS, min_size=1, max_size=5), st.data())
def test_a_byte_that_changed_is_seen(records: list[Record], data: st.DataObject) -> None:
    lines = [line_of(record) for record in records]
    whole = b"".join(lines)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    torn = whole[:at] + bytes([other]) + whole[at + 1 :]
    start = 0
    for record, line in zip(records, lines, strict=True):
        if start <= at < start + len(line):
            try:
                seen = record_at(torn, start)[0]
            except BadLine:
                return
            # A digit of the head in another case of letters, or a blank between its parts, says the same.
            assert seen == record
            return
        assert record_at(torn, start)[0] == record
        start += len(line)


@given(RECORDS, st.data())
def test_half_a_line_is_no_record(record: Record, data: st.DataObject) -> None:
    line = line_of(record)
    with pytest.raises(BadLine):
        record_at(line[: data.draw(st.integers(0, len(line) - 1))], 0)


@given(st.lists(RECORDS, max_size=5))
def test_both_twins_write_the_same_lines(records: list[Record]) -> None:
    assert compiled.lines_of(records) == lines_of(records)


@pytest.mark.parametrize("reason", ["a\tb", "a\nb\r", "x" * 5_000, "é" * 600, "Ж", ""])
def test_both_twins_write_an_odd_text_alike(reason: str) -> None:
    records = [replace(changed(), reason=reason, venue_time_ms=-(10**25)), replace(changed(), reason=reason)]
    assert compiled.lines_of(records) == lines_of(records)


def test_a_separator_within_a_text_becomes_a_blank() -> None:
    record = replace(changed(), reason="not\tsent:\nno")
    read, _ = record_at(line_of(record), 0)
    assert getattr(read, "reason", "") == "not sent: no"


def test_a_line_of_an_older_form_takes_the_defaults_of_what_came_later() -> None:
    record = changed()
    head, _, _ = line_of(record).decode().rstrip("\n").rpartition("\t")
    payload = head[16:].encode()
    older = b"%06x %08x %b\n" % (len(payload), zlib.crc32(payload), payload)
    assert record_at(older, 0)[0] == record


def test_fields_of_another_kind_are_told() -> None:
    payload = line_of(intended()).replace(b"\t5\t", b"\tx\t")[16:-1]
    with pytest.raises(BadLine, match="fields can't be read"):
        record_at(b"%06x %08x %b\n" % (len(payload), zlib.crc32(payload), payload), 0)
    assert isinstance(record_at(line_of(intended()), 0)[0], OrderIntended)


@given(st.binary(max_size=400))
def test_a_checksum_is_zlibs_by_either_way(payload: bytes) -> None:
    for by_machine in (True, False):
        compiled.use_machine(by_machine)
        assert compiled.checksum_of(payload) == zlib.crc32(payload)
    compiled.use_machine(True)


@given(st.lists(RECORDS, min_size=1, max_size=60))
def test_many_lines_are_written_whole_with_and_without_the_machines_checksum(records: list[Record]) -> None:
    compiled.use_machine(False)
    by_zlib = compiled.lines_of(records)
    compiled.use_machine(True)
    assert compiled.lines_of(records) == by_zlib == lines_of(records)
