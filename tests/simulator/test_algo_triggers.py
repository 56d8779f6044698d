"""When conditional orders fire, told anew from the whole path of prices and compared with what the exchange did."""

import random
from dataclasses import dataclass
from decimal import Decimal

import pytest

from connector.simulator.accounts.algo_orders import AlgoOrder
from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.algos import print_at, wait
from tests.companions.simulator.traders import Desk, Trader

STEPS, PLACED_MOST = 120, 60
#: Stops whose child rests far away from the market, so that no child moves the price.
KINDS = ("STOP", "TAKE_PROFIT", "TRAILING_STOP_MARKET")


@dataclass
class Watched:
    """A conditional order and the prices from its placement on, that of its placement first."""

    algo: AlgoOrder
    path: list[Decimal]

    def should_have_fired(self) -> bool:
        request = self.algo.request
        after = self.path[1:]
        if request.kind == "TRAILING_STOP_MARKET":
            return self._trailed(request.side, request.activate_price, request.callback_rate or Decimal(0))
        trigger = request.trigger_price or Decimal(0)
        waits_for_rise = (request.kind == "STOP") == (request.side == BUY)
        return any(price >= trigger if waits_for_rise else price <= trigger for price in after)

    def _trailed(self, side: int, activate: Decimal | None, percent: Decimal) -> bool:
        start = 0
        if activate is not None:
            armed = [at for at, price in enumerate(self.path) if at and side * price <= side * activate]
            if not armed:
                return False
            start = armed[0]
        for end in range(max(start, 1), len(self.path)):
            seen = self.path[start : end + 1]
            if side == BUY and self.path[end] >= min(seen) * (1 + percent / 100):
                return True
            if side == SELL and self.path[end] <= max(seen) * (1 - percent / 100):
                return True
        return False


def placed(trader: Trader, chance: random.Random, price: Decimal) -> AlgoOrder:
    side, kind = chance.choice((BUY, SELL)), chance.choice(KINDS)
    off = Decimal(chance.randrange(1, 4000)) / 10
    if kind == "TRAILING_STOP_MARKET":
        rate = Decimal(chance.randrange(1, 8)) / 10
        activate = {} if chance.random() < 0.4 else {"activate_price": price - side * off}
        return wait(trader, side, kind, "0.01", None, callback_rate=rate, **activate)
    trigger = price + side * off if kind == "STOP" else price - side * off
    return wait(
        trader, side, kind, "0.01", str(trigger), price=(trigger * (100 - 4 * side) / 100).quantize(Decimal("0.1"))
    )


@pytest.mark.parametrize("seed", range(12))
def test_every_conditional_order_fires_when_its_path_of_prices_says_so(seed: int) -> None:
    desk, chance = Desk(), random.Random(seed)
    desk.mark("60000")
    trader = desk.trader("100000000")
    price, watched = Decimal(60_000), list[Watched]()
    print_at(desk, str(price))
    for _ in range(STEPS):
        if len(watched) < PLACED_MOST and chance.random() < 0.6:
            try:
                watched.append(Watched(placed(trader, chance, price), [price]))
            except VenueError as refusal:
                assert refusal.code == -2021
        price += Decimal(chance.choice((-1, 1)) * chance.randrange(0, 1500)) / 10
        price = max(Decimal(59_000), min(Decimal(61_000), price))
        print_at(desk, str(price))
        for one in watched:
            one.path.append(price)
            fired = one.algo.status != "NEW"
            assert fired == one.should_have_fired(), one
    kinds = {(one.algo.request.kind, one.algo.status) for one in watched}
    assert {("STOP", "TRIGGERED"), ("TRAILING_STOP_MARKET", "FINISHED")} <= kinds
