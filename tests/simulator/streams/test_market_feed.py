from connector.core.clock import ManualClock
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.market_feed import MarketFeed
from tests.companions.simulator.callers import SocketClient
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.traders import START_MS, Desk


def scene() -> tuple[Desk, Hub, MarketFeed]:
    desk = Desk()
    hub = Hub(ManualClock(START_MS).monotonic_ms)
    return desk, hub, MarketFeed(desk.listing, hub, Faults(lambda armed: None))


def test_the_best_prices_are_told_when_they_change_and_only_then() -> None:
    desk, hub, feed = scene()
    listener = Listener(hub, "btcusdt@bookTicker")
    trader = desk.trader()
    for price in ("60000", "59000", "60001"):
        trader.limit(BUY, "0.01", price)
        feed.happened(START_MS)
    assert [frame["b"] for frame in listener.received()] == ["60000.00", "60001.00"]


def test_trades_come_at_once_and_aggregates_every_tenth_of_a_second() -> None:
    desk, hub, feed = scene()
    single, aggregate = Listener(hub, "btcusdt@trade"), Listener(hub, "btcusdt@aggTrade")
    maker, taker = desk.trader(), desk.trader()
    feed.tick(START_MS)
    maker.limit(SELL, "0.01", "60000")
    maker.limit(SELL, "0.01", "60000")
    taker.market(BUY, "0.02")
    feed.happened(START_MS + 10)
    assert [frame["q"] for frame in single.received()] == ["0.010", "0.010"]
    feed.tick(START_MS + 50)
    assert aggregate.received() == []
    feed.tick(START_MS + 100)
    assert [(frame["q"], frame["m"]) for frame in aggregate.received()] == [("0.020", False)]


def test_the_mark_price_comes_every_second_or_every_third() -> None:
    _, hub, feed = scene()
    fast, slow = Listener(hub, "btcusdt@markPrice@1s"), Listener(hub, "btcusdt@markPrice")
    for pulse in range(0, 6_000, 50):
        feed.tick(START_MS + pulse)
    assert (len(fast.received()), len(slow.received())) in ((6, 2), (6, 3))


def test_what_nobody_heard_is_not_told_to_who_comes_later() -> None:
    desk, hub, feed = scene()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.01", "60000")
    taker.market(BUY, "0.01")
    feed.happened(START_MS)
    feed.tick(START_MS)
    late = Listener(hub, "btcusdt@trade", "btcusdt@aggTrade")
    feed.happened(START_MS + 100)
    feed.tick(START_MS + 100)
    assert late.received() == []


async def test_trades_of_price_0_are_told_under_ids_of_their_own(venue: LocalExchange, client: SocketClient) -> None:
    single, grouped = [
        await client.open(f"/{way}") for way in ("public/ws/btcusdt@trade", "market/ws/btcusdt@aggTrade")
    ]
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.1", "60000")
    await client.order("BUY", "0.01")
    first = await single.receive_json(timeout=5)
    await client.raw("POST", "/local/v1/faults", "name=na_trades&symbol=BTCUSDT&count=3")
    await client.order("BUY", "0.01")
    told = [await single.receive_json(timeout=5) for _ in range(4)]
    assert [(row["p"], row["q"], row["X"]) for row in told[:3]] == [("0", "0", "NA")] * 3
    assert [row["t"] - first["t"] for row in told] == [1, 2, 3, 4] and told[3]["X"] == "MARKET"
    aggregates = [await grouped.receive_json(timeout=5) for _ in range(5)]
    void = [row for row in aggregates if row.get("X") == "NA"]
    assert [(row["p"], row["q"]) for row in void] == [("0", "0")] * 3
    assert len({row["a"] for row in aggregates}) == 5
    rows = (await client.raw("GET", "/fapi/v1/trades", "symbol=BTCUSDT"))[2]
    assert [row["price"] for row in rows] == ["60000.00", "60000.00"], "no trade took place"


def test_who_comes_after_a_time_without_listeners_hears_nothing_of_before() -> None:
    desk, hub, feed = scene()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(SELL, "0.02", "60000")
    taker.market(BUY, "0.01")
    for ms in range(0, 1_000, 50):
        feed.tick(START_MS + ms)
    aggregate, depth = Listener(hub, "btcusdt@aggTrade"), Listener(hub, "btcusdt@depth@100ms")
    feed.tick(START_MS + 1_000)
    feed.tick(START_MS + 1_100)
    assert aggregate.received() == depth.received() == []
    taker.market(BUY, "0.01")
    feed.tick(START_MS + 1_200)
    assert [frame["q"] for frame in aggregate.received()] == ["0.010"]
    assert [frame["a"] for frame in depth.received()] == [[["60000.00", "0.000"]]]


def test_a_listener_who_comes_back_is_told_from_then_on() -> None:
    desk, hub, feed = scene()
    trader = desk.trader()
    listener = Listener(hub, "btcusdt@depth@100ms")
    feed.tick(START_MS)
    hub.unsubscribe("btcusdt@depth@100ms", listener)
    for ms in (100, 200):
        trader.limit(BUY, "0.01", f"{59_000 + ms}")
        feed.tick(START_MS + ms)
    hub.subscribe("btcusdt@depth@100ms", listener)
    feed.tick(START_MS + 300)
    trader.limit(BUY, "0.01", "59500")
    feed.tick(START_MS + 400)
    (frame,) = listener.received()
    assert frame["b"] == [["59500.00", "0.010"]]
