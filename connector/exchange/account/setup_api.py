"""How an account is set up beside leverage and mode: what backs its positions, and what its fees are paid in."""

from decimal import Decimal

from connector.core.enums import MarginType, PositionSide
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.wire import account_replies, requests


class SetupApi:
    """Changes, and the one question that no other answer holds. Every method asks the venue and raises `Fault`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def set_margin_type(self, symbol: str, margin_type: MarginType) -> None:
        await self._gateway.call(endpoints.SET_MARGIN_TYPE, requests.set_margin_type(symbol, margin_type))

    async def adjust_margin(self, symbol: str, amount: Decimal, position_side: PositionSide) -> None:
        """Gives margin to an isolated position; an amount below 0 is taken back."""
        await self._gateway.call(endpoints.ADJUST_MARGIN, requests.adjust_margin(symbol, amount, position_side))

    async def set_multi_assets(self, on: bool) -> None:
        await self._gateway.call(endpoints.SET_MULTI_ASSETS, requests.set_multi_assets(on))

    async def fee_burn(self) -> bool:
        """Whether fees are paid in BNB, at a discount."""
        return account_replies.fee_burn(await self._gateway.call(endpoints.FEE_BURN))

    async def set_fee_burn(self, on: bool) -> None:
        await self._gateway.call(endpoints.SET_FEE_BURN, requests.set_fee_burn(on))
