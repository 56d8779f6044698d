"""The account, its settings, and what an object that was never started is asked for."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from bidict import bidict
from hummingbot.connector.derivative.position import Position
from hummingbot.core.data_type.common import OrderType, PositionAction, PositionMode, TradeType
from hummingbot.core.data_type.funding_info import FundingInfo
from hummingbot.core.data_type.trade_fee import TradeFeeBase
from hummingbot.core.event.events import AccountEvent, PositionModeChangeEvent
from hummingbot.core.utils.estimate_fee import build_perpetual_trade_fee

from connector.adapters.hummingbot.access import Access
from connector.adapters.hummingbot.base import LooplessDerivative
from connector.adapters.hummingbot.books import BookTracker
from connector.adapters.hummingbot.market_side import Questions
from connector.adapters.hummingbot.settings_queue import SettingsQueue
from connector.adapters.hummingbot.trading_link import TradingLink
from connector.adapters.hummingbot.words import MODES, THEIR_MODES, their_funding_info, their_position, their_rule
from connector.core import enums
from connector.core.account_events import LeverageChangedEvent, PositionModeChangedEvent
from connector.core.events import Event
from connector.core.faults import ConnectorFault, UnavailableFault
from connector.core.position import Position as OurPosition
from connector.exchange.derivative import PerpetualDerivative

_RULES_EVERY_S = 1_800.0
_RULES_AGAIN_S = 5.0
_NAN = Decimal("NaN")


class AccountCalls(LooplessDerivative):
    """Balances, positions, settings, rules, symbols and prices."""

    _access: Access
    _books: BookTracker
    _questions: Questions
    _link: TradingLink
    _queue: SettingsQueue
    _rules_keeper: asyncio.Task[None] | None = None

    # The account.

    def get_balance(self, currency: str) -> Decimal:
        exchange = self._link.exchange
        if exchange is None or not self._link.is_running:
            return super().get_balance(currency)
        return exchange.get_balance(currency)

    def get_all_balances(self) -> dict[str, Decimal]:
        self._note_balances()
        return super().get_all_balances()

    @property
    def available_balances(self) -> dict[str, Decimal]:
        self._note_balances()
        return dict(self._account_available_balances)

    def get_available_balance(self, currency: str) -> Decimal:
        """What orders may be paid with now, within the limit that the user set in Hummingbot."""
        exchange = self._link.exchange
        if exchange is not None and self._link.is_running:
            self._account_available_balances[currency] = exchange.get_available_balance(currency)
        return super().get_available_balance(currency)

    async def _update_balances(self) -> None:
        """Raises `ConnectorFault`. A connection that runs knows them without asking."""
        if self._link.is_running:
            self._note_balances()
            return
        report = await self._questions.account(await self._access.signer())
        self._account_balances = {row.asset: row.wallet for row in report.balances}
        self._account_available_balances = {
            row.asset: row.wallet if row.available is None else row.available for row in report.balances
        }

    async def _update_positions(self) -> None:
        """Raises `ConnectorFault`."""
        if self._link.is_running:
            return
        pair_of = await self.trading_pair_symbol_map()
        report = await self._questions.account(await self._access.signer())
        self._perpetual_trading.account_positions.clear()
        for row in report.positions:
            if row.amount and row.symbol in pair_of:
                position = OurPosition(
                    pair_of[row.symbol], row.position_side, row.unrealized_pnl, row.entry_price, row.amount, 1
                )
                key = pair_of[row.symbol]
                suffix = "" if row.position_side is enums.PositionSide.BOTH else row.position_side.name
                self._perpetual_trading.set_position(key + suffix, their_position(position))

    @property
    def account_positions(self) -> dict[str, Position]:
        exchange = self._link.exchange
        if exchange is None or not self._link.is_running:
            return dict(super().account_positions)
        held = {key: row for key, row in exchange.account_positions.items() if row.amount}
        return {key: their_position(self._at_mark(exchange, row)) for key, row in held.items()}

    def _at_mark(self, exchange: PerpetualDerivative, row: OurPosition) -> OurPosition:
        """With what it gained at the mark of now: the exchange tells it when a position changes alone."""
        rule = exchange.trading_rules.get(row.trading_pair)
        mark = _NAN if rule is None else exchange.get_mark_price(row.trading_pair)
        if rule is None or mark.is_nan():
            return row
        gained = exchange.components.contract.pnl(row.entry_price, mark, row.amount, rule.contract_size)
        return replace(row, unrealized_pnl=gained)

    def get_buy_collateral_token(self, trading_pair: str) -> str:
        return str(self._trading_rules[trading_pair].buy_order_collateral_token)

    def get_sell_collateral_token(self, trading_pair: str) -> str:
        return str(self._trading_rules[trading_pair].sell_order_collateral_token)

    def _get_fee(
        self,
        base_currency: str,
        quote_currency: str,
        order_type: OrderType,
        order_side: TradeType,
        position_action: PositionAction,
        amount: Decimal,
        price: Decimal = _NAN,
        is_maker: bool | None = None,
    ) -> TradeFeeBase:
        """By the account's own rates, where they were read; else by Hummingbot's schema."""
        makes = order_type is OrderType.LIMIT_MAKER if is_maker is None else is_maker
        exchange, trading_pair = self._link.exchange, f"{base_currency}-{quote_currency}"
        rate = None
        if exchange is not None and trading_pair in exchange.trading_rules:
            rate = exchange.get_commission_rate(trading_pair)
        if rate is None:
            return build_perpetual_trade_fee(
                self.name, makes, position_action, base_currency, quote_currency, order_type, order_side, amount, price
            )
        percent = rate.maker if makes else rate.taker
        return TradeFeeBase.new_perpetual_fee(self.trade_fee_schema(), position_action, percent=percent)

    def get_funding_info(self, trading_pair: str) -> FundingInfo:
        """Raises `UnavailableFault` before the pair's first frame."""
        info = self._books.market.funding_info(trading_pair)
        if info is None:
            raise UnavailableFault(f"{trading_pair}: no mark price yet")
        return their_funding_info(info)

    # Its settings.

    def _queue_mode(self, mode: PositionMode) -> None:
        self._queue.want_mode(MODES[mode])

    def _queue_leverage(self, trading_pair: str, leverage: int) -> None:
        self._perpetual_trading.set_leverage(trading_pair, leverage)
        self._queue.want_leverage(trading_pair, int(leverage))

    def get_leverage(self, trading_pair: str) -> int:
        """What was asked for last, or is in force."""
        wanted, exchange = self._queue.wanted_leverage(trading_pair), self._link.exchange
        if wanted is None and exchange is not None and trading_pair in exchange.trading_rules:
            return exchange.get_leverage(trading_pair)
        return wanted or int(super().get_leverage(trading_pair))

    def _note_settings(self, exchange: PerpetualDerivative) -> None:
        """What is in force at the start; wishes come after it."""
        self._perpetual_trading.set_position_mode(THEIR_MODES[exchange.position_mode])

    async def _fetch_account_position_mode(self) -> PositionMode | None:
        exchange = self._link.exchange
        return None if exchange is None else THEIR_MODES[exchange.position_mode]

    def _mode_done(self, mode: enums.PositionMode, why_not: str) -> None:
        theirs = THEIR_MODES[mode]
        if why_not:
            self.logger().error(f"Position mode {mode.name} is not set: {why_not}")
        else:
            self._perpetual_trading.set_position_mode(theirs)
        tag = AccountEvent.PositionModeChangeFailed if why_not else AccountEvent.PositionModeChangeSucceeded
        for trading_pair in self.trading_pairs:
            event = PositionModeChangeEvent(self._order_tracker.current_timestamp, trading_pair, theirs, why_not)
            self.trigger_event(tag, event)

    def _leverage_done(self, trading_pair: str, leverage: int, why_not: str) -> None:
        if why_not:
            self.logger().error(f"Leverage {leverage} of {trading_pair} is not set: {why_not}")

    def _hear_setting(self, event: Event) -> None:
        """Another hand's change is followed."""
        if isinstance(event, PositionModeChangedEvent):
            self._perpetual_trading.set_position_mode(THEIR_MODES[event.mode])
        elif isinstance(event, LeverageChangedEvent):
            self._perpetual_trading.set_leverage(event.trading_pair, event.leverage)

    def _note_balances(self) -> None:
        exchange = self._link.exchange
        if exchange is None or not self._link.is_running:
            return
        assets = tuple(exchange.components.ledger.balances)
        self._account_balances = {asset: exchange.get_balance(asset) for asset in assets}
        self._account_available_balances = {asset: exchange.get_available_balance(asset) for asset in assets}

    # What the venue tells everybody.

    async def _update_trading_rules(self) -> None:
        """Of every pair that is listed. Raises `ConnectorFault`."""
        rules = await self._questions.rules()
        self._trading_rules.clear()
        self._trading_rules.update({pair: their_rule(rule) for pair, rule in rules.items()})
        self._set_trading_pair_symbol_map(bidict({rule.symbol: pair for pair, rule in rules.items()}))

    async def _initialize_trading_pair_symbol_map(self) -> None:
        try:
            await self._update_trading_rules()
        except ConnectorFault as fault:
            self.logger().error(f"The exchange's list of pairs can't be had: {fault}")

    async def get_last_traded_prices(self, trading_pairs: list[str]) -> dict[str, float]:
        symbols = (await self.trading_pair_symbol_map()).inverse
        prices = await self._questions.last_prices()
        return {pair: float(prices[symbols[pair]]) for pair in trading_pairs if symbols.get(pair) in prices}

    async def _get_last_traded_price(self, trading_pair: str) -> float:
        return (await self.get_last_traded_prices([trading_pair]))[trading_pair]

    async def _make_network_check_request(self) -> None:
        if not await self._questions.answers():
            raise UnavailableFault(f"{self._access.domain.rest} does not answer")

    def _keep_rules(self) -> None:
        if self._rules_keeper is None or self._rules_keeper.done():
            self._rules_keeper = asyncio.get_running_loop().create_task(self._read_rules())

    def _leave_rules(self) -> None:
        if self._rules_keeper is not None:
            self._rules_keeper.cancel()
            self._rules_keeper = None

    async def _read_rules(self) -> None:
        while True:
            try:
                await self._update_trading_rules()
                await asyncio.sleep(_RULES_EVERY_S)
            except ConnectorFault as fault:
                self.logger().warning(f"The exchange's rules can't be read: {fault}")
                await asyncio.sleep(_RULES_AGAIN_S)
