"""What the page is told is what the connector has, and it is all JSON."""

import json

from connector.bot.page.trail import Trail
from connector.bot.page.view import LEVELS, view
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.secrets import Secret
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, D, EventLog, until
from tests.companions.page_trail import trail_of_two_pairs
from tests.companions.virtual_time import loop_clock


async def test_own_orders_stand_in_the_book_those_within_and_those_behind(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    trail, epoch = Trail(loop_clock()), StatusSource(connector, Accounting(PAIR), PAIR)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59985"))
    connector.buy(PAIR, D("0.020"), OrderType.LIMIT_MAKER, D("50000"))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    shown = json.loads(json.dumps(view(epoch, trail, 0)))
    own = [(price, amount) for price, _, amount in shown["book"]["bids"] if amount is not None]
    assert own == [("59985", "0.01"), ("50000", "0.02")]
    assert [row for row in shown["book"]["asks"] if row[2] is not None] == []
    assert shown["book"]["asks"][0][:2] == ["60010", "1"]
    assert len(shown["book"]["bids"]) <= LEVELS + 2
    assert shown["status"]["state"]["name"] == "quoting"


async def test_of_two_pairs_the_one_that_is_asked_for_is_told(connector: PerpetualDerivative, log: EventLog) -> None:
    trail, epoch = await trail_of_two_pairs(connector)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59985"))
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    trail.sample(epoch)
    for asked, pair, own, fills, held in (
        ("", PAIR, 1, 1, "-0.004"), (PAIR, PAIR, 1, 1, "-0.004"), ("ETH-USDT", "ETH-USDT", 0, 0, "0"),
        ("DOGE-USDT", PAIR, 1, 1, "-0.004"),
    ):  # fmt: skip
        shown = json.loads(json.dumps(view(epoch, trail, 0, asked)))
        assert (shown["pair"], shown["pairs"]) == (pair, [PAIR, "ETH-USDT"])
        assert len([row for row in shown["book"]["bids"] if row[2] is not None]) == own
        assert (len(shown["fills"]), [row[2] for row in shown["samples"]]) == (fills, [held])
        assert shown["status"]["equity"] is not None


async def test_between_two_lives_there_is_no_status_and_the_past_is_there() -> None:
    trail = Trail(loop_clock())
    trail.tell("lost: the exchange")
    shown = view(None, trail, 0)
    assert (shown["status"], shown["book"], shown["pair"]) == (None, None, None)
    assert [row["text"] for row in shown["events"]] == ["lost: the exchange"]


async def test_samples_that_were_told_are_not_told_again(connector: PerpetualDerivative) -> None:
    trail, epoch = Trail(loop_clock()), StatusSource(connector, Accounting(PAIR, "USDT"), PAIR)
    trail.sample(epoch)
    ((first_ms, equity, position, _),) = view(epoch, trail, 0)["samples"]
    assert (D(equity), D(position)) == (connector.get_balance("USDT"), 0)
    assert view(epoch, trail, first_ms)["samples"] == []


async def test_a_secret_in_a_line_is_masked() -> None:
    trail, secret = Trail(loop_clock()), Secret("a-secret-that-lives")
    trail.tell(f"refused: {secret.reveal()}")
    assert view(None, trail, 0)["events"][0]["text"] == "refused: ***"
