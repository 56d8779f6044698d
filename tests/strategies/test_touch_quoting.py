"""Perpetual market making with its memory: what is decided once is known at the next look."""

from connector.core.intents import ModifyIntent
from connector.strategies.setting_kinds import Replace
from connector.strategies.touch_quoting import TouchQuoting
from tests.companions.strategies.scene import BUY, NOW_MS, D, come_true, moment, orders_of, own, settings

FOLLOWS = {"replace_on_touch": "modify", "bid_spread": "0.01", "ask_spread": "0.01"}


def test_it_remembers_what_it_decided() -> None:
    strategy = TouchQuoting(settings())
    intents = strategy.decide(moment())
    assert len(orders_of(intents)) == 2
    assert strategy.decide(come_true(moment(), intents)) == ()
    assert strategy.decide(moment(NOW_MS + 9_000)) == (), "the side waits for its next cycle"
    strategy.side_emptied(BUY, NOW_MS + 9_000)
    assert [order.trade_type for order in orders_of(strategy.decide(moment(NOW_MS + 9_000)))] == [BUY]


def test_a_change_that_was_asked_for_without_a_look_is_not_asked_for_again() -> None:
    strategy = TouchQuoting(settings(**FOLLOWS))
    rest = come_true(moment(), strategy.decide(moment()))
    moved = moment(NOW_MS + 200, orders=rest.orders, best_bid=D("60010"), best_ask=D("60010.2"))
    changes = [intent for intent in strategy.decide(moved) if isinstance(intent, ModifyIntent)]
    assert len(changes) == 2
    other = TouchQuoting(settings(**FOLLOWS))
    other.decide(moment())
    other.remember(moved, changes)
    assert other.decide(moved) == ()


def test_it_says_what_it_needs_and_what_it_would_quote() -> None:
    strategy = TouchQuoting(settings(order_optimization_enabled="true", replace_on_touch="modify"))
    assert (strategy.pairs, strategy.needs_depth, strategy.replace) == (("BTC-USDT",), True, Replace.MODIFY)
    assert len(strategy.first_quotes(D(60_000))) == 2
    assert strategy.quiet(moment(orders=(own(BUY, "59400"),))) is None, (
        "a sell is missing, and may be placed at any touch"
    )
    assert strategy.short_way(moment(), NOW_MS) is None
    assert strategy.exits(moment()) == ()
