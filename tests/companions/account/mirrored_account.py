"""One account on the exchange's engine, and the connector's ledger of it, told by the venue's own words alone.

Events of the account go through the payloads that the user stream carries and the decoders that read it; what is not
pushed is read through the answers of REST. Both are valued at the engine's prices of the same instant.
"""

from types import SimpleNamespace

import ujson

from connector.account.budget_checker import BudgetChecker
from connector.account.funding_payments import FundingPayments
from connector.account.ledger import Ledger, LedgerNames
from connector.account.margin_state import BudgetSources
from connector.account.order_cost import MarketPrices
from connector.account.order_traffic import OrderTraffic
from connector.account.position_drift import PositionDrift
from connector.core.amounts import NAN, from_e8, to_e8
from connector.core.clock import ManualClock
from connector.core.enums import PositionSide
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.journal import NO_JOURNAL
from connector.core.reports import AccountReport, OrderReport, OrderStatus, PositionModeReport, ReportSource
from connector.exchange.bus import Bus
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.orders.journal_replay import EarlierLives
from connector.orders.system_orders import SystemOrders
from connector.orders.tracker import Memory, Tracker
from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import (
    AccountChanged,
    AccountEvent,
    AlgoChanged,
    AssetModeChanged,
    LeverageChanged,
    MarginCalled,
    OrderChanged,
)
from connector.simulator.engine import Engine
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.payloads import account_events, account_payloads, position_payloads
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.payloads.algo_payloads import algo_update
from connector.simulator.payloads.index_payloads import asset_index_row
from connector.simulator.payloads.instrument_payloads import exchange_info, leverage_brackets
from connector.simulator.payloads.order_payloads import order_trade_update, trade_lite
from connector.venue.contracts import LINEAR
from connector.venue.order_fields import SYSTEM_ORDER_PREFIXES
from connector.wire import account_replies
from connector.wire.instruments import instruments
from connector.wire.user_events import UserEventReader

Payload = dict[str, object]
#: By name: what either side says.
Figures = dict[str, object]


def body_of(payload: object) -> bytes:
    return ujson.dumps(payload).encode()


class MirroredAccount:
    """`assets` are those whose balances are compared."""

    def __init__(self, engine: Engine, account: Account, assets: tuple[str, ...], now_ms: int) -> None:
        self.engine, self.account, self.assets = engine, account, assets
        self.clock = ManualClock(now_ms)
        listed = instruments(body_of(exchange_info(engine.listings.values(), now_ms) | {"rateLimits": []}))
        self.rules, self.pair_of = dict(listed.rules), listed.pair_of
        bus = Bus()
        self.drifts: list[Event] = []
        #: By which the ledger reckoned last, and how often others made it say something else.
        self._known_prices: list[object] = []
        self.aged = 0
        bus.add_listener(MarketEvent.PositionDrift, self.drifts.append)
        self.tracker = Tracker(self.rules, SystemOrders(SYSTEM_ORDER_PREFIXES, self.pair_of.get), Memory())
        names = LedgerNames("local", self.pair_of.get)
        self.ledger = Ledger(names, FundingPayments(), PositionDrift())
        traffic = OrderTraffic(self.pair_of.get)
        journaling = OrderJournaling(NO_JOURNAL, self.tracker, EarlierLives())
        self.dispatcher = ReportDispatcher(self.tracker, self.ledger, bus, self.clock, journaling, traffic)
        sources = BudgetSources(
            contract=LINEAR,
            rules=self.rules,
            working_orders=lambda: (*self.tracker.active, *traffic.orders),
            prices_of=self.prices_of,
            fee_rate=lambda trading_pair: from_e8(50_000),
            pair_of=self.pair_of.get,
            reserve_fees=False,
        )
        self.budget = BudgetChecker(self.ledger, sources)
        self.tracker.watcher = traffic.order_watcher = self.budget.take_order
        traffic.trade_watcher = self.budget.take_trade
        self.read_all(now_ms)

    def prices_of(self, trading_pair: str) -> MarketPrices:
        listing = self.engine.listings[self.rules[trading_pair].symbol]
        tick = listing.instrument.tick
        best = [NAN if one is None else one * tick for one in (listing.book.best(BUY), listing.book.best(SELL))]
        return MarketPrices(from_e8(listing.mark_price.mark_e8), from_e8(listing.mark_price.last_e8), *best)

    # What is told and what is read.

    def hear(self, events: list[AccountEvent], now_ms: int) -> None:
        """What the user stream tells of the account."""
        for event in events:
            if event.account_id == self.account.account_id:
                for payload in self._payloads(event, now_ms):
                    for report in UserEventReader().read(body_of(payload)):
                        self.dispatcher.dispatch(report)

    def refused(self, client_order_id: str, symbol: str) -> None:
        """An order of ours that the exchange did not take."""
        self.dispatcher.dispatch(OrderReport(ReportSource.ERROR, OrderStatus.REJECTED, symbol, client_order_id))

    def read_all(self, now_ms: int) -> None:
        """Everything that a start reads."""
        self.read_config()
        self.read_brackets()
        self.read_leverages()
        self.read_rates(now_ms)
        self.read_account(now_ms)

    def read_config(self) -> None:
        """The position mode, which is not pushed."""
        config = account_replies.account_config(body_of(account_payloads.account_config(self.account)))
        self.dispatcher.dispatch(PositionModeReport(config.position_mode))

    def read_brackets(self) -> None:
        for listing in self.engine.listings.values():
            body = body_of([leverage_brackets(listing.instrument)])
            rows = account_replies.leverage_brackets(body, listing.symbol)
            self.dispatcher.dispatch(account_replies.brackets_report(listing.symbol, rows))

    def read_leverages(self) -> None:
        rows = [account_payloads.symbol_config(self.account, one.instrument) for one in self.engine.listings.values()]
        for report in account_replies.symbol_configs(body_of(rows)):
            self.dispatcher.dispatch(report)

    def read_rates(self, now_ms: int) -> None:
        rows = [asset_index_row(f"{asset}USD", self.engine.collateral, now_ms) for asset in self.assets]
        self.dispatcher.dispatch(account_replies.collateral(body_of(rows)))

    def read_account(self, now_ms: int) -> None:
        """The periodic comparison: balances and positions."""
        snapshot = AccountSnapshot(self.account, self.engine)
        balances = account_replies.balances(body_of(account_payloads.balances(snapshot)))
        positions = account_replies.positions(body_of(position_payloads.position_risk(snapshot, None)))
        self.dispatcher.dispatch(
            AccountReport(ReportSource.QUERY, "SNAPSHOT", now_ms, balances, positions, complete=True)
        )

    def _payloads(self, event: AccountEvent, now_ms: int) -> list[Payload]:
        listings = self.engine.listings
        match event:
            case OrderChanged():
                return self._order_payloads(event, now_ms)
            case AccountChanged():
                return [account_events.account_update(event, listings, now_ms)]
            case AlgoChanged():
                return [algo_update(event, listings[event.order.symbol].instrument, now_ms)]
            case LeverageChanged():
                return [account_events.leverage_update(event, now_ms)]
            case AssetModeChanged():
                return [account_events.asset_mode_update(event, now_ms)]
            case MarginCalled():
                return [account_events.margin_call(event, listings, now_ms)]

    def _order_payloads(self, event: OrderChanged, now_ms: int) -> list[Payload]:
        instrument = self.engine.listings[event.order.symbol].instrument
        told: list[Payload] = []
        if event.fill is not None:
            told.append(trade_lite(event, event.fill.execution, instrument, now_ms))
            told.append(account_events.account_update(event.fill.account, self.engine.listings, now_ms))
        return [*told, order_trade_update(event, instrument, now_ms)]

    def _prices(self) -> list[object]:
        """All that figures are reckoned by beside the account: marks, last prices, rates of assets."""
        marks = [(one.mark_price.mark_e8, one.mark_price.last_e8) for one in self.engine.listings.values()]
        collateral = self.engine.collateral
        return [marks, [(collateral.bid_e8(asset), collateral.ask_e8(asset)) for asset in self.assets]]

    # What either side says now.

    def exchange_figures(self) -> Figures:
        pools, account = self.engine.margin_pools, self.account
        found = pools.charges(account)
        figures: Figures = {"hedge": account.hedge, "multi-assets": account.multi_assets}
        for asset in self.assets:
            pool = pools.of(account, found, asset)
            figures[f"{asset} wallet"] = account.wallets.get(asset, 0)
            figures[f"{asset} cross wallet"] = account.cross_wallet_e8(asset)
            figures[f"{asset} available"] = pools.available_e8(account, found, asset)
            figures[f"{asset} withdrawable"] = pools.withdrawable_e8(account, found, asset)
            figures[f"{asset} backing"] = (
                pool.wallet_e8, pool.unrealised_e8, pool.drawn_e8, pool.maintenance_e8, pool.isolated_orders_e8
            )  # fmt: skip
        for key, position in account.positions.items():
            if key not in found:
                continue
            row, name = found[key], " ".join(key)
            figures[f"{name} margin"] = (row.position_e8, row.orders_e8, row.maintenance_e8, row.unrealised_e8)
            if not position.lots:
                continue
            figures[f"{name} position"] = (
                position.lots * position.instrument.lot_e8, position.entry_e8(), position.isolated_e8,
                key[0] in account.isolated, account.leverage(key[0]),
            )  # fmt: skip
            figures[f"{name} liquidation price"] = pools.liquidation_price_e8(account, found, key)
        return figures

    def ledger_figures(self) -> Figures:
        ledger, reckoned = self.ledger, self.budget.figures
        figures: Figures = {
            "hedge": ledger.assumed_mode.name == "HEDGE",
            "multi-assets": ledger.is_multi_assets,
        }
        for asset in self.assets:
            balance, pool = ledger.balance(asset), reckoned.backing(asset)
            figures[f"{asset} wallet"] = to_e8(balance.wallet) if balance else 0
            figures[f"{asset} cross wallet"] = to_e8(balance.cross_wallet) if balance else 0
            figures[f"{asset} available"] = to_e8(self.budget.available_balance(asset))
            figures[f"{asset} withdrawable"] = reckoned.withdrawable_e8(asset)
            figures[f"{asset} backing"] = pool and (
                pool.cross_wallet_e8, pool.result_e8, pool.initial_e8, pool.maintenance_e8, pool.isolated_orders_e8
            )  # fmt: skip
        for key in self.account.positions:
            symbol, side = key[0], PositionSide[key[1]]
            row, name = ledger.position(symbol, side), " ".join(key)
            margin = reckoned.margin_e8(self.pair_of[symbol], side)
            if any(margin):
                figures[f"{name} margin"] = margin
            if row is None:
                continue
            figures[f"{name} position"] = (
                to_e8(row.amount), to_e8(row.entry_price), to_e8(row.isolated_wallet),
                row.margin_type.name == "ISOLATED", ledger.assumed_leverage(symbol),
            )  # fmt: skip
            figures[f"{name} liquidation price"] = reckoned.liquidation_price_e8(self.pair_of[symbol], side)
        return figures

    def compare(self, now_ms: int, story: object) -> int:
        """Asserts that both sides say the same at the prices of now; returns how many figures they agree in."""
        theirs, aged = self.exchange_figures(), self.ledger_figures()
        prices, before = self._prices(), self._known_prices
        self.read_rates(now_ms)
        for trading_pair in self.rules:
            self.budget.take_mark(SimpleNamespace(trading_pair=trading_pair))  # type: ignore[arg-type]
        self._known_prices, ours = prices, self.ledger_figures()
        if prices == before:
            assert aged == ours, (story, "a figure moved though no price did")
        else:
            self.aged += aged != ours
        both = {name: (ours.get(name), theirs.get(name)) for name in (*ours, *theirs)}
        apart = {name: pair for name, pair in both.items() if pair[0] != pair[1] and any(map(_says, pair))}
        assert not apart, (story, apart)
        return len(theirs)


def _says(figure: object) -> bool:
    """Whether a figure is not of a side that has nothing but closing orders."""
    return figure not in (None, (0, 0, 0, 0))
