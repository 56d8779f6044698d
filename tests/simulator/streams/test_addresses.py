import pytest

from connector.simulator.streams.addresses import Opening, opening_of


@pytest.mark.parametrize(
    ("path", "query", "opening"),
    [
        ("/public/ws/btcusdt@depth@100ms", "", Opening("public", False, ("btcusdt@depth@100ms",))),
        ("/public/ws/a/b", "", Opening("public", False, ("a", "b"))),
        ("/market/stream", "streams=a/b", Opening("market", True, ("a", "b"))),
        ("/market/stream", "streams=btcusdt%40aggTrade%2Fb", Opening("market", True, ("btcusdt@aggTrade", "b"))),
        ("/private//ws/key", "", Opening("private", False, ("key",))),
        ("/private/ws", "listenKey=key", Opening("private", False, ("key",))),
        ("/ws", "", Opening("", False)),
        ("/stream", "streams=a", Opening("", True, ("a",))),
        ("/elsewhere/ws", "", None),
        ("/public", "", None),
        ("/", "", None),
    ],
)
def test_an_address_says_what_is_wanted(path: str, query: str, opening: Opening | None) -> None:
    assert opening_of(path, query) == opening


def test_event_filters_belong_to_the_key_before_them() -> None:
    opening = opening_of("/private/stream", "listenKey=one&events=A/B&listenKey=two&events=C&listenKey=three")
    assert opening is not None
    assert opening.names == ("one", "two", "three")
    assert opening.events == {"one": frozenset("AB"), "two": frozenset("C")}
