"""The budget's verdict is the local exchange's: over random accounts, the last amount that is granted is accepted and
one lot more is refused, with -2019, -2027 or -4164, at LIMIT and MARKET, flat and held, one-way and hedge, backed by
one asset, cross or isolated, and by several in equal shares. Open orders are plain, changed, of unknown outcome, and
conditional ones that wait or were triggered. The exchange's engine runs in process and its prices are handed to both,
so that nothing differs but the sums. Where fees are kept back, never more is granted.
"""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
import ujson

from connector.account.budget_checker import BudgetChecker
from connector.account.margin_state import BudgetSources
from connector.account.order_cost import MarketPrices
from connector.core.enums import MarginType, OrderType, PositionMode, PositionSide
from connector.core.intents import OrderIntent
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.reports import (
    BalanceReport,
    LeverageReport,
    MultiAssetsReport,
    PositionModeReport,
    PositionReport,
)
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import MarginAsset
from connector.simulator.market.instruments import brackets_of
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from connector.simulator.matching.admission import admit
from connector.simulator.payloads.index_payloads import asset_index_row
from connector.venue.contracts import LINEAR
from connector.wire import account_replies
from tests.companions.account import scenes
from tests.companions.account.mirrored_orders import MirroredOrders
from tests.companions.sample_rules import BTC_RULE
from tests.companions.simulator.traders import BTC, Desk, Trader

D = Decimal
LOT = D("0.001")
LEAST = D(100)
ASSETS = ("USDT", "USDC", "BNB")
#: Its index and its buffers of bid and ask, of the automatic exchange as well, and below what is exchanged.
USDT_RATES_E8 = (99 * 10**6, 10**6, 5 * 10**5, 5 * 10**5, 25 * 10**4, -(10**12))
RULE = replace(BTC_RULE, min_notional=LEAST)
REFUSALS = {-2019, -2027, -4164}
#: A probe's kind, whether a position is held, whether the account hedges, whether several assets back it.
SHARES = tuple(product((LIMIT, MARKET), (False, True), (False, True), (False, True)))
#: Accounts of each share. Two probes on most: the last amount that is granted, and the next one.
SHORT_RUN, LONG_RUN = 130, 1_500


class Account:
    """One random account on the exchange, and the budget over the same facts."""

    def __init__(
        self, desk: Desk, trader: Trader, chance: random.Random, *, is_held: bool, is_hedge: bool, is_joint: bool
    ) -> None:
        self.desk, self.trader, self.chance, self.is_hedge = desk, trader, chance, is_hedge
        account = trader.account
        account.hedge, account.leverages[BTC] = is_hedge, chance.choice([1, 2, 5, 10, 20, 33, 50, 75, 100, 125])
        account.wallets["USDT"] = chance.randint(1, 4_000_000) * E8 // chance.choice([1, 7, 100, 1_000])
        if is_joint:
            self.join()
        elif chance.random() < 0.4:
            account.isolated.add(BTC)
        self.margin_type = MarginType.ISOLATED if account.isolated else MarginType.CROSSED
        self.rows: list[PositionReport] = []
        for name in (("LONG", "SHORT") if is_hedge else ("BOTH",)) if is_held else ():
            self.hold(name)
        self.ledger = scenes.new_ledger()
        self.ledger.apply(PositionModeReport(PositionMode.HEDGE if is_hedge else PositionMode.ONEWAY), 0)
        balances = [
            BalanceReport(asset, D(e8).scaleb(-8), D(account.cross_wallet_e8(asset)).scaleb(-8), D(0))
            for asset, e8 in account.wallets.items()
        ]
        self.ledger.apply(scenes.snapshot(1_000, balances, self.rows), 1_000)
        self.ledger.apply(MultiAssetsReport(is_joint), 1_000)
        rows = [asset_index_row(f"{asset}USD", desk.engine.collateral, desk.now_ms) for asset in ASSETS]
        self.ledger.apply(account_replies.collateral(ujson.dumps(rows).encode()), 1_000)
        leverage = account.leverage(BTC)
        cap = desk.listing.instrument.cap_at(leverage)
        self.ledger.apply(LeverageReport("BTCUSDT", leverage, D(cap), self.margin_type), 1_000)
        self.sources = BudgetSources(
            contract=LINEAR,
            rules={"BTC-USDT": RULE},
            working_orders=lambda: (),
            prices_of=lambda trading_pair: self.prices,
            fee_rate=lambda trading_pair: D("0.0005"),
            pair_of=scenes.PAIR_OF.get,
            reserve_fees=False,
        )
        self.budget = BudgetChecker(self.ledger, self.sources)
        self.orders = MirroredOrders(trader, chance, self.side_name)
        self.orders.tracker.watcher = self.budget.take_order
        for _ in range(chance.randint(0, 6)):
            self.orders.add()

    def join(self) -> None:
        """Several assets back all: there may be little of the margin asset, or a debt."""
        wallets, chance = self.trader.account.wallets, self.chance
        self.trader.account.multi_assets = True
        wallets["USDT"] = chance.choice([1, 1, 0, -1]) * wallets["USDT"] // chance.choice([1, 20])
        wallets["USDC"] = chance.randint(0, 2_000_000) * E8 // chance.choice([1, 100])
        wallets["BNB"] = chance.randint(0, 3_000) * E8 // chance.choice([1, 100])

    def anew(self, *, reserve_fees: bool) -> BudgetChecker:
        """The budget that is made of what stands now."""
        orders = self.orders.tracker
        sources = replace(self.sources, working_orders=lambda: orders.active, reserve_fees=reserve_fees)
        return BudgetChecker(self.ledger, sources)

    def hold(self, name: str) -> None:
        """A position, entered on a tick away from mark."""
        lots = self.chance.randint(1, self.chance.choice([10, 300, 40_000]))
        is_long = name == "LONG" or (name == "BOTH" and self.chance.random() < 0.5)
        ticks = 600_000 + self.chance.randint(-20_000, 20_000)
        position = self.trader.account.position(self.desk.listing.instrument, name)
        position.trade(1 if is_long else -1, lots, ticks)
        amount = LOT * (lots if is_long else -lots)
        if self.margin_type is MarginType.ISOLATED:
            position.isolated_e8 = self.chance.randint(0, self.trader.account.cross_wallet_e8("USDT"))
        row = PositionReport("BTCUSDT", PositionSide[name], amount, D(ticks) / 10, D(0), self.margin_type)
        self.rows.append(replace(row, isolated_wallet=D(position.isolated_e8).scaleb(-8)))

    def side_name(self, side: int) -> str:
        return "BOTH" if not self.is_hedge else "LONG" if side == BUY else "SHORT"

    @property
    def prices(self) -> MarketPrices:
        listing = self.desk.listing
        tick = listing.instrument.tick
        best = {side: D(listing.book.best(side) or 0) * tick for side in (BUY, SELL)}
        mark, last = (D(one).scaleb(-8) for one in (listing.mark_price.mark_e8, listing.mark_price.last_e8))
        return MarketPrices(mark, last, best[BUY], best[SELL])

    def refusal(self, kind: str, side: int, amount: Decimal, price: Decimal) -> int:
        """What the exchange answers, 0 where it takes the order. It is admitted alone: the account stays as it is."""
        request = OrderRequest(
            BTC, side, kind, amount, price if kind == LIMIT else None, position_side=self.side_name(side)
        )
        try:
            self.desk.admit(self.trader, request)
        except VenueError as refusal:
            return refusal.code
        return 0


def probe(
    desk: Desk, chance: random.Random, kind: str, kinds: Counter[str], *, is_held: bool, is_hedge: bool, is_joint: bool
) -> list[int]:
    """One account and the edge of one order on it: the exchange's answers, 0 where it took the order. `kinds` counts
    the orders that were open."""
    desk.mark(str(D(600_000 + chance.randint(-15_000, 15_000)) / 10))
    account = Account(desk, desk.trader("0"), chance, is_held=is_held, is_hedge=is_hedge, is_joint=is_joint)
    account.orders.end()
    kinds.update(account.orders.kinds)
    desk.mark(str(D(600_000 + chance.randint(-15_000, 15_000)) / 10))
    side = chance.choice([BUY, SELL])
    price = D(600_000 + chance.randint(-14_000, 14_000)) / 10
    asked = PerpetualOrderCandidate(
        trading_pair="BTC-USDT",
        is_maker=kind == LIMIT,
        order_type=OrderType.LIMIT if kind == LIMIT else OrderType.MARKET,
        order_side=scenes.BUY if side == BUY else scenes.SELL,
        amount=D(1_000 if kind == LIMIT else 120),
        price=price,
    )
    granted = account.budget.adjust_candidate(asked, all_or_none=False).amount
    story = (kind, side, is_held, is_hedge, is_joint, granted, price)
    answers = []
    if granted:
        assert account.budget.unpaid(intent_of(replace(asked, amount=granted))) == "", story
        answers.append(account.refusal(kind, side, granted, price))
        assert answers == [0], story
    if granted < asked.amount:
        more = granted + LOT
        answers.append(account.refusal(kind, side, more, price))
        assert answers[-1] in REFUSALS, story
        assert account.budget.adjust_candidate(replace(asked, amount=more)).amount == 0, story
        assert account.budget.unpaid(intent_of(replace(asked, amount=more))) or answers[-1] == -4164, story
    assert account.anew(reserve_fees=False).adjust_candidate(asked, all_or_none=False).amount == granted, story
    assert account.anew(reserve_fees=True).adjust_candidate(asked, all_or_none=False).amount <= granted, story
    return answers


def intent_of(candidate: PerpetualOrderCandidate) -> OrderIntent:
    price = None if candidate.order_type is OrderType.MARKET else candidate.price
    return OrderIntent("BTC-USDT", candidate.order_side, candidate.order_type, candidate.amount, price)


def probes(accounts: int, seed: int) -> Counter[int]:
    """The exchange's answers over all shares, to each of which nearly as many belong."""
    chance, answers, kinds = random.Random(seed), Counter[int](), Counter[str]()
    sizes = Counter[tuple[str, bool, bool, bool]]()
    for share in SHARES:
        desk, (kind, is_held, is_hedge, is_joint) = new_desk(), share
        for _ in range(accounts):
            said = probe(desk, chance, kind, kinds, is_held=is_held, is_hedge=is_hedge, is_joint=is_joint)
            answers.update(said)
            sizes[share] += len(said)
    assert min(sizes.values()) > accounts, sizes
    assert answers.keys() == {0, *REFUSALS}
    assert len(kinds) == 5
    assert min(kinds.values()) > accounts, kinds
    return answers


class _ProbeDesk(Desk):
    def admit(self, trader: Trader, request: OrderRequest) -> None:
        admit(trader.account, request, self.listing, self.engine.margin_pools, self.now_ms)


def new_desk() -> _ProbeDesk:
    """A market with a spread, a last trade beside mark, brackets that bind, and a margin asset that is not worth 1."""
    desk = _ProbeDesk()
    listing = desk.listing
    desk.engine.collateral.changed["USDT"] = MarginAsset("USDT", "", *USDT_RATES_E8)
    listing.instrument = replace(
        listing.instrument,
        brackets=brackets_of(
            ((125, 300_000, "0.004"), (50, 2_000_000, "0.01"), (20, 9_000_000, "0.02"), (5, 10**9, "0.1"))
        ),
        percent_up=D("1.5"),
        percent_down=D("0.5"),
        max_quantity=D(1_000),
        min_notional=LEAST,
        market_take_bound=D("0.5"),
    )
    desk.mark("60000")
    maker = desk.trader("900000000")
    maker.account.leverages[BTC] = 1
    maker.limit(SELL, "0.002", "60010.1")
    desk.trader("1000").market(BUY, "0.002")
    maker.limit(BUY, "900", "59980.3")
    maker.limit(SELL, "900", "60030.7")
    return desk


def test_the_verdict_is_the_exchanges_at_the_edge() -> None:
    assert probes(SHORT_RUN, seed=1).total() > len(SHARES) * SHORT_RUN


@pytest.mark.parametrize(("side", "granted"), [(BUY, "6.507"), (SELL, "8.333")])
def test_a_market_order_whose_touch_is_far_from_mark_is_granted_what_the_exchange_takes(
    side: int, granted: str
) -> None:
    """Mark 60,000, best ask 60,300, leverage 50, 10,000 USDT: a buy is assumed at 60,330.15 and loses 330.15 at once,
    a sell at mark."""
    desk = _ProbeDesk()
    desk.mark("60000")
    maker = desk.trader("900000000")
    maker.account.leverages[BTC] = 1
    maker.limit(BUY, "100", "59900")
    maker.limit(SELL, "100", "60300")
    trader = desk.trader("10000")
    trader.account.leverages[BTC] = 50
    board = scenes.desk_with("10000", leverage=50)
    board.prices["BTC-USDT"] = MarketPrices(mark=D(60_000), last=D(60_000), best_bid=D(59_900), best_ask=D(60_300))
    board.rule_of = lambda trading_pair: RULE
    asked = scenes.candidate(scenes.BUY if side == BUY else scenes.SELL, "50", order_type=OrderType.MARKET)
    amount = board.budget.adjust_candidate(asked, all_or_none=False).amount
    assert amount == D(granted)
    desk.admit(trader, OrderRequest(BTC, side, MARKET, amount))
    with pytest.raises(VenueError, match="-2019"):
        desk.admit(trader, OrderRequest(BTC, side, MARKET, amount + LOT))


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_the_verdict_is_the_exchanges_on_twenty_thousand_probes() -> None:
    assert probes(LONG_RUN, seed=2).total() >= 20_000
