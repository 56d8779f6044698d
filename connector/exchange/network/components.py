"""The parts of one connector, each built once by `assemble`."""

from dataclasses import dataclass

from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.core.clock import Clock
from connector.core.trade_fee import CommissionRate
from connector.exchange.account.account_settings import AccountSettings
from connector.exchange.account.asset_prices import AssetPrices
from connector.exchange.account.funding_history import FundingHistory
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.remedies import Remedies
from connector.exchange.account.rule_keeper import RuleKeeper
from connector.exchange.account.user_source import UserSource
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.bus import Bus
from connector.exchange.gates import Gates
from connector.exchange.instance import Instance
from connector.exchange.market_data.contract_info_source import ContractInfoSource
from connector.exchange.market_data.funding_terms import FundingTermsSource
from connector.exchange.market_data.market_streams import MarketStreams
from connector.exchange.market_data.price_lookup import PriceLookup
from connector.exchange.network.account_watch import AccountWatch
from connector.exchange.network.dead_man_switch import DeadManSwitch
from connector.exchange.network.factor_watch import FactorWatch
from connector.exchange.network.key_watch import KeyWatch
from connector.exchange.network.limit_watch import LimitWatch
from connector.exchange.network.liveness import Liveness
from connector.exchange.network.openings_file import OpeningsFile
from connector.exchange.network.order_way_watch import OrderWayWatch
from connector.exchange.network.risk_watch import RiskWatch
from connector.exchange.network.tasks import Tasks
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.batches import Batches
from connector.exchange.orders.cancellation import Cancellation
from connector.exchange.orders.last_act import LastAct
from connector.exchange.orders.modifications import Modifications
from connector.exchange.orders.openings import Openings
from connector.exchange.orders.order_entry import OrderEntry
from connector.exchange.orders.reconcile import Reconciler
from connector.exchange.orders.refusals import Refusals
from connector.exchange.push import Push
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.orders.client_order_ids import OrderIds
from connector.orders.tracker import Tracker
from connector.venue.contracts import ContractMath


@dataclass(frozen=True, slots=True)
class MarketComponents:
    """What listens to the market alone: no account, no key."""

    http: Http
    gateway: Gateway
    api: VenueApi
    pair_rules: PairRules
    feed: MarketFeed
    streams: MarketStreams
    #: Hears of the gates of the market, of which `liveness` judges.
    bus: Bus
    gates: Gates
    liveness: Liveness


@dataclass(frozen=True, slots=True)
class Components:
    """In the order in which data flows."""

    clock: Clock
    instance: Instance
    contract: ContractMath
    http: Http
    gateway: Gateway
    api: VenueApi
    pair_rules: PairRules
    feed: MarketFeed
    bus: Bus
    push: Push
    gates: Gates
    tracker: Tracker
    journaling: OrderJournaling
    ledger: Ledger
    dispatcher: ReportDispatcher
    budget: BudgetChecker
    #: What fills cost, by pair.
    commissions: dict[str, CommissionRate]
    asset_prices: AssetPrices
    prices: PriceLookup
    account_watch: AccountWatch
    ids: OrderIds
    tasks: Tasks
    entry: OrderEntry
    modifications: Modifications
    batches: Batches
    cancellation: Cancellation
    last_act: LastAct
    refusals: Refusals
    remedies: Remedies
    reconciler: Reconciler
    streams: MarketStreams
    funding_terms: FundingTermsSource
    funding_history: FundingHistory
    user: UserSource
    liveness: Liveness
    limits: LimitWatch
    order_way: OrderWayWatch
    openings: Openings
    #: The user's limits on losses.
    risk: RiskWatch
    openings_file: OpeningsFile
    key_watch: KeyWatch
    factor_watch: FactorWatch
    switch: DeadManSwitch
    contract_info: ContractInfoSource
    #: Whether orders in Ember's words are taken.
    takes_ember_orders: bool

    @property
    def rule_keeper(self) -> RuleKeeper:
        return self.contract_info.keeper

    @property
    def settings(self) -> AccountSettings:
        """How settings of the account are changed."""
        return self.account_watch.settings
