"""The table of faults."""

from connector.simulator.fault_injection.catalogue import ALWAYS, FAULTS, Moment, fault_names
from connector.simulator.fault_injection.faults import Armed


def test_request_faults_name_a_default_request_or_strike_any() -> None:
    for row in FAULTS.values():
        assert bool(row.method) == bool(row.path)
        assert row.about


def test_the_list_of_faults_has_a_line_for_each() -> None:
    lines = fault_names().splitlines()
    assert [line.split()[0] for line in lines] == list(FAULTS)
    for row, line in zip(FAULTS.values(), lines, strict=True):
        assert line.endswith(f"{row.about} [{' '.join(row.takes)}]" if row.takes else row.about)


def test_a_row_takes_what_a_fault_can_be_told_and_heeds_its_default() -> None:
    for name, row in FAULTS.items():
        assert all(hasattr(Armed(name), each) for each in (*ALWAYS, *row.takes)), name
        assert set(row.needs) <= set(row.takes), name
        assert "event" in row.takes or not row.event, name


def test_a_row_takes_every_parameter_that_its_words_speak_of() -> None:
    words = {"ms", "symbol", "stream", "event", "api_key", "answer", "count", "left", "status", "contract_type"}
    for name, row in FAULTS.items():
        assert {word for word in words if f"`{word}`" in row.about} <= set(row.takes), name


def test_what_lasts_for_a_while_can_be_told_how_long() -> None:
    assert all("ms" in row.takes for row in FAULTS.values() if row.moment is Moment.FOR_A_WHILE)
