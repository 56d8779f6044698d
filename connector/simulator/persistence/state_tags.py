"""The words that files and hashes know the exchange's classes and their fields by.

A file outlives the program that wrote it, so nothing in it is called by a module, a class or an attribute: a class has
a tag, and a field the name that it was first written with. Tags and names never change; what is moved or renamed
changes its row here, and a class that is new gets one.

    a dataclass, or a class with slots    its fields are known; only those called otherwise in files are named
    any other class                       all of its fields, as `name` or `name=attribute`
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import partial
from typing import Any

from connector.simulator.access.api_keys import ApiKey, ApiKeys
from connector.simulator.access.signatures import KeyKind, Rights
from connector.simulator.accounts import accounts, events, order_totals, records
from connector.simulator.accounts.algo_book import AlgoBook, algo_at
from connector.simulator.accounts.algo_orders import AlgoOrder, AlgoRequest, Status
from connector.simulator.accounts.house_ledger import HouseAccount, HouseLedger
from connector.simulator.accounts.margin_pools import MarginPools
from connector.simulator.accounts.positions import Position
from connector.simulator.background.background import Background
from connector.simulator.background.deep_ladder import DeepLadder, Rung
from connector.simulator.background.fair_price import FairPrice
from connector.simulator.background.seeded_market import SeededMarket
from connector.simulator.background.slots import Slots
from connector.simulator.background.step_under_way import StepUnderWay
from connector.simulator.background.symbol_model import Post, SymbolModel, Withdraw
from connector.simulator.background.taker_flow import TakerFlow
from connector.simulator.engine import Engine
from connector.simulator.fault_injection.price_scripts import PriceScript
from connector.simulator.history import History
from connector.simulator.ids import AggregateIds, Ids, UpdateIds
from connector.simulator.market import tape
from connector.simulator.market.book import Book
from connector.simulator.market.candles import Bar, Candles, Series
from connector.simulator.market.collateral_prices import CollateralPrices, MarginAsset
from connector.simulator.market.funding_schedule import FundingSchedule
from connector.simulator.market.instruments import Bracket, Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.market.mark_price import MarkPrice
from connector.simulator.market.orders import AmendRequest, Condition, Order, OrderRequest
from connector.simulator.market.positioning_history import Positioning, PositioningHistory
from connector.simulator.market.rolling_day import RollingDay
from connector.simulator.matching.account_settings import AccountSettings
from connector.simulator.matching.algo_engine import AlgoEngine
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.countdown import Countdowns
from connector.simulator.matching.funding_settlement import Settlement, SpecialSettlement
from connector.simulator.risk.deleveraging import Deleveraging
from connector.simulator.risk.forced_orders import ForcedOrders
from connector.simulator.risk.insurance import InsuranceFund
from connector.simulator.risk.liquidation import Liquidation, Scope
from connector.simulator.risk.monitor import RiskMonitor


@dataclass(frozen=True, slots=True)
class Tagged:
    """A class as files know it."""

    tag: str
    kind: type[Any]
    #: The attribute of each name that stands in files, sorted by those names.
    attributes: dict[str, str]
    #: The other way round.
    names: dict[str, str]
    #: What makes the value of a field that a file does not name yet.
    defaults: dict[str, Callable[[], Any]]


def _tagged(tag: str, kind: type[Any], names: str = "", **lacking: Callable[[], Any]) -> Tagged:
    """A row; see the head of this file for `names`. `lacking` makes what files do not name yet of a plain class."""
    named = {attribute: name or attribute for name, _, attribute in (word.rpartition("=") for word in names.split())}
    defaults = dict(lacking)
    known = tuple(named)
    if is_dataclass(kind):
        known = tuple(each.name for each in fields(kind))
        for each in fields(kind):
            if each.default_factory is not MISSING:
                defaults[named.get(each.name, each.name)] = each.default_factory
            elif each.default is not MISSING:
                defaults[named.get(each.name, each.name)] = partial(_same, each.default)
    elif "__slots__" in vars(kind):
        known = tuple(kind.__slots__)
    attributes = dict(sorted((named.get(one, one), one) for one in known))
    return Tagged(tag, kind, attributes, {one: name for name, one in attributes.items()}, defaults)


def _same(value: Any) -> Any:
    return value


ROWS: tuple[Tagged, ...] = (
    _tagged("Account", accounts.Account),
    _tagged("AccountChanged", events.AccountChanged),
    _tagged("AccountDesk", AccountSettings, "_clearing _listings _pools=_margin_pools"),
    _tagged("AggregateIds", AggregateIds),
    _tagged("AggregateTrade", tape.AggregateTrade),
    _tagged("AlgoBook", AlgoBook, "_by_client_id _by_id _ended _open placed"),
    _tagged("AlgoChanged", events.AlgoChanged),
    _tagged("AlgoDesk", AlgoEngine, "_books _children _clearing _firing _listings _seen _tied _waiting triggering_ms"),
    _tagged("AlgoOrder", AlgoOrder),
    _tagged("AlgoRequest", AlgoRequest),
    _tagged("Amendment", records.Amendment),
    _tagged("AmendRequest", AmendRequest),
    _tagged("ApiKey", ApiKey),
    _tagged("ApiKeys", ApiKeys, "_by_key"),
    _tagged("AssetModeChanged", events.AssetModeChanged),
    _tagged(
        "Background",
        Background,
        "_digest _factors _leaders _models _planned _scripts _under_way commands deferred_moves fingerprint seed "
        "skipped_steps steps",
        _under_way=partial(_same, None),
    ),
    _tagged("BalanceRow", events.BalanceRow),
    _tagged("Bar", Bar),
    _tagged("Book", Book, "_changed _first_id _keys _lots _next_id _orders update_id"),
    _tagged("Bracket", Bracket),
    _tagged("CalledPosition", events.CalledPosition),
    _tagged("Candles", Candles, "_gathered_ms _pending _series"),
    _tagged("Chest", HouseAccount),
    _tagged(
        "Clearing",
        Clearing,
        "accounts collateral dated holders ids outbox pools=margin_pools shaken=wallet_moved treasury=house_ledger",
    ),
    _tagged("Collateral", CollateralPrices),
    _tagged("Condition", Condition),
    _tagged("Countdowns", Countdowns, "_due_ms"),
    _tagged("DayWindow", RollingDay, "_before _minute_ms _tape"),
    _tagged("DeepLadder", DeepLadder, "_best _far _keys _levels _near _random _rungs"),
    _tagged("Deleveraging", Deleveraging, "_clearing _orders _pools=_margin_pools"),
    _tagged(
        "Engine",
        Engine,
        "_swept_ms accounts algos clearing collateral countdowns desk=account_settings ids listings pools=margin_pools "
        "prints risk=risk_monitor settlements",
    ),
    _tagged("Execution", events.Execution),
    _tagged("Fill", events.Fill),
    _tagged("FairPrice", FairPrice, "_factor _premium _random _rate value"),
    _tagged("ForcedOrder", records.ForcedOrder),
    _tagged("ForcedOrders", ForcedOrders, "_clearing _given prints"),
    _tagged("FundingSchedule", FundingSchedule),
    _tagged("History", History, "_filed_ms _most _rows _slip_ms at"),
    _tagged("Ids", Ids, "_next _next_update _start_ms touched"),
    _tagged("IncomeRecord", records.IncomeRecord),
    _tagged("Instrument", Instrument),
    _tagged("InsuranceFund", InsuranceFund, "_clearing _listings _orders account"),
    _tagged("Ladder", order_totals.Ladder),
    _tagged("LeverageChanged", events.LeverageChanged),
    _tagged("Liquidation", Liquidation, "_clearing _fund _listings _orders _pools=_margin_pools deleveraging"),
    _tagged("LiquidationPrint", records.LiquidationPrint),
    _tagged("Listing", Listing, "quotes=mark_price"),
    _tagged("MarginAsset", MarginAsset),
    _tagged("MarginCalled", events.MarginCalled),
    _tagged("MarginMove", records.MarginMove),
    _tagged("OpenOrders", order_totals.OrderTotals),
    _tagged("Order", Order),
    _tagged("OrderChanged", events.OrderChanged),
    _tagged("OrderRequest", OrderRequest),
    _tagged("Pools", MarginPools),
    _tagged("Position", Position),
    _tagged("Positioning", Positioning),
    _tagged("PositioningHistory", PositioningHistory),
    _tagged("PositionRow", events.PositionRow),
    _tagged("Post", Post),
    _tagged("PriceScript", PriceScript),
    _tagged("PublicTrade", tape.PublicTrade),
    _tagged(
        "Quotes",
        MarkPrice,
        "_bases _book _fixed_e8 _instrument _mean_basis_e8 _now_ms _sampled_ms _samples _settled_e8 _tape _weighted "
        "average_e8 funding index_candles index_e8 mark_candles mark_e8 next_funding_ms premium_candles premium_e8 "
        "rate_e8",
    ),
    _tagged("Rights", Rights),
    _tagged(
        "Risk",
        RiskMonitor,
        "_called _clearing _listings _pools=_margin_pools _seen_e8 _under_way deleveraging fund liquidation orders",
    ),
    _tagged("Rung", Rung),
    _tagged("Scope", Scope),
    _tagged(
        "SeededMarket",
        SeededMarket,
        "_engine _house _next_step_ms _pace _step_ms _waiting background refused_commands",
    ),
    _tagged("Series", Series, "_most bars interval"),
    _tagged("Settlement", Settlement),
    _tagged("Slots", Slots, "_random _ranks _thin"),
    _tagged("SpecialSettlement", SpecialSettlement),
    _tagged("StepUnderWay", StepUnderWay),
    _tagged(
        "SymbolModel",
        SymbolModel,
        "_began_ms _best _commands _deep _eaten _every _fair _instrument _is_deep _is_led _jump_ms _least_notional "
        "_lots_of_one _now_ms _places _posted _random _renewal_ms _rungs _slots _step _takers "
        "_tick _trade_ms _turn moves",
    ),
    _tagged("TakerFlow", TakerFlow, "_informed _left _random knows lean side"),
    _tagged(
        "Tape",
        tape.Tape,
        "_fresh_aggregates _fresh_trades _last_aggregate _next_aggregate aggregates candles last trades",
    ),
    _tagged("Threshold", order_totals.Threshold),
    _tagged("TradeRecord", records.TradeRecord),
    _tagged("Treasury", HouseLedger, "chests=accounts"),
    _tagged("UpdateIds", UpdateIds),
    _tagged("WalletMove", records.WalletMove),
    _tagged("Withdraw", Withdraw),
)
BY_TAG: dict[str, Tagged] = {row.tag: row for row in ROWS}
BY_KIND: dict[type[Any], Tagged] = {row.kind: row for row in ROWS}
ENUMS: dict[str, type[Enum]] = {"KeyKind": KeyKind, "Status": Status}
ENUM_TAGS: dict[type[Enum], str] = {kind: tag for tag, kind in ENUMS.items()}
#: By what histories sort their rows.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "aggregate": tape.aggregate_at,
    "algo": algo_at,
    "amendment": accounts.amendment_at,
    "income": accounts.income_at,
    "margin move": accounts.move_at,
    "order": accounts.order_at,
    "public trade": tape.trade_at,
    "trade": accounts.trade_at,
    "wallet move": accounts.wallet_move_at,
}
FUNCTION_TAGS: dict[Callable[..., Any], str] = {function: tag for tag, function in FUNCTIONS.items()}
