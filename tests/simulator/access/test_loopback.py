import pytest

from connector.simulator.access.loopback import is_local_caller, is_loopback_address, names_loopback


@pytest.mark.parametrize(
    ("host", "origin", "allowed"),
    [
        ("127.0.0.1:8000", None, True),
        ("localhost", None, True),
        ("[::1]:8000", None, True),
        ("127.0.0.1:8000", "http://localhost:3000", True),
        ("127.0.0.1:8000", "https://evil.example", False),
        ("evil.example", None, False),
        ("127.0.0.1:8000", "null", False),
        (None, None, False),
        ("[::1", None, False),
        ("127.0.0.1:8000", "http://[::1", False),
    ],
)
def test_only_programs_of_this_machine_are_let_in(host: str | None, origin: str | None, allowed: bool) -> None:
    assert names_loopback(host, origin) is allowed


@pytest.mark.parametrize(
    ("address", "allowed"), [("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("10.0.0.7", False), ("", False)]
)
def test_who_comes_from_elsewhere_is_not_let_in_by_naming_this_machine(address: str, allowed: bool) -> None:
    assert is_local_caller(address, "127.0.0.1:8000", None) is allowed


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [("localhost", True), ("127.0.0.9", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.7", False), ("here", False)],
)
def test_a_name_other_than_localhost_counts_as_the_networks(host: str, is_loopback: bool) -> None:
    assert is_loopback_address(host) is is_loopback
