"""What Hummingbot's base class asks every connector for, and asks of none whose own loops do not run.

Its loops (polling, queues of streams, signed requests) are not started: `trading_link` does what they are for. What is
left here keeps the class whole, and says so where somebody calls it all the same.
"""

from typing import Any, NoReturn

from hummingbot.connector.perpetual_derivative_py_base import PerpetualDerivativePyBase
from hummingbot.core.api_throttler.async_throttler_base import AsyncThrottlerBase
from hummingbot.core.data_type.common import OrderType, PositionMode
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from connector.adapters.hummingbot.books import BookSource
from connector.adapters.hummingbot.order_tracker import SynchronousOrderTracker
from connector.core.faults import Fate, Fault

_LONGEST_ID = 32


class LooplessDerivative(PerpetualDerivativePyBase):
    """A perpetual connector of Hummingbot's without a loop of Hummingbot's."""

    _throttler: AsyncThrottlerBase
    client_order_id_max_length = _LONGEST_ID
    client_order_id_prefix = ""
    is_cancel_request_in_exchange_synchronous = False
    funding_fee_poll_interval = 600
    rate_limits_rules: list[Any] = []  # noqa: RUF012 - read by the base, and never changed
    authenticator = None
    trading_rules_request_path = trading_pairs_request_path = check_network_request_path = ""

    def supported_order_types(self) -> list[OrderType]:
        """Of the first, the maker's and the taker's are chosen by strategies."""
        return [OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET]

    def supported_position_modes(self) -> list[PositionMode]:
        """Both."""
        return [PositionMode.ONEWAY, PositionMode.HEDGE]

    def _is_order_not_found_during_status_update_error(self, status_update_exception: Exception) -> bool:
        return isinstance(status_update_exception, Fault) and status_update_exception.rule.fate is Fate.GONE

    def _is_order_not_found_during_cancelation_error(self, cancelation_exception: Exception) -> bool:
        return self._is_order_not_found_during_status_update_error(cancelation_exception)

    def _is_request_exception_related_to_time_synchronizer(self, request_exception: Exception) -> bool:
        return False

    def _create_web_assistants_factory(self) -> WebAssistantsFactory:
        return WebAssistantsFactory(throttler=self._throttler)

    def _create_order_tracker(self) -> SynchronousOrderTracker:
        return SynchronousOrderTracker(self)

    def _create_order_book_data_source(self) -> BookSource:
        return BookSource(self.get_last_traded_prices)

    def _create_user_stream_tracker(self) -> None:
        return None

    def _create_user_stream_data_source(self) -> NoReturn:
        raise _not_asked("a source of user events")

    def _initialize_trading_pair_symbols_from_exchange_info(self, exchange_info: Any) -> NoReturn:
        raise _not_asked("symbols from a raw answer")

    async def _format_trading_rules(self, exchange_info_dict: Any) -> NoReturn:
        raise _not_asked("rules from a raw answer")

    async def _place_order(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _not_asked("a raw order")

    async def _user_stream_event_listener(self) -> NoReturn:
        raise _not_asked("a queue of user events")

    async def _fetch_last_fee_payment(self, trading_pair: str) -> NoReturn:
        raise _not_asked("the last funding payment")

    async def _set_trading_pair_leverage(self, trading_pair: str, leverage: int) -> NoReturn:
        raise _not_asked("a raw leverage")

    async def _trading_pair_position_mode_set(self, mode: PositionMode, trading_pair: str) -> NoReturn:
        raise _not_asked("a raw position mode")

    async def _update_trading_fees(self) -> None:
        """Fees come with the fills, and the account's rates are read by the connection."""


def _not_asked(what: str) -> NotImplementedError:
    return NotImplementedError(f"{what}: this connector has its own connection; its loops are not Hummingbot's")
