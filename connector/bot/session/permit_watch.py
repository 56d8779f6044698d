"""Keeps a run within what its second factor permits: what it does not is not sent, and said once by the gate."""

from connector.bot.session.run_permit import RunPermit
from connector.core.clock import Clock
from connector.exchange.derivative import PerpetualDerivative
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings


class PermitWatch:
    """Of one session. While something is barred no order leaves that opens, and those that rest are pulled."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        permit: RunPermit,
        settings: PerpetualMarketMakingSettings,
        clock: Clock,
    ) -> None:
        self._connector = connector
        self._permit = permit
        self._settings = settings
        self._clock = clock
        self._shut = ""
        self._is_leverage_set = False

    async def set_up(self) -> None:
        """Sets position mode and leverage as far as that is permitted. Raises `ConnectorFault`."""
        wanted = self._settings.position_mode
        if self._connector.position_mode is not wanted and (barred := self._permit.bars_modes()):
            self._connector.openings.shut(barred)
        else:
            await self._connector.set_position_mode(wanted)
        await self.watch()

    async def watch(self) -> None:
        """An approval that has run out pulls what opens; a new one lets it go on. Raises `ConnectorFault`."""
        leverage = self._settings.leverage
        barred = self._permit.bars_leverage(leverage, self._clock.now_ms() / 1000)
        if barred and not self._shut:
            self._connector.openings.shut(barred)
        elif not barred and not self._is_leverage_set:
            await self._connector.set_leverage(self._settings.market, leverage)
            self._is_leverage_set = True
        if self._shut and not barred:
            self._connector.openings.release(self._shut)
        self._shut = barred
