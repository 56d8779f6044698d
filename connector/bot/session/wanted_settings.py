"""Position mode and leverage as the settings want them, set as soon as the run is permitted to."""

from connector.bot.quoting.run_plan import RunPlan
from connector.core.faults import ApprovalFault
from connector.exchange.derivative import PerpetualDerivative


class WantedSettings:
    """Of one session. While one of them is barred by a second factor no order leaves that opens."""

    def __init__(self, connector: PerpetualDerivative, plan: RunPlan) -> None:
        self._connector, self._plan = connector, plan
        self._shut = ""
        self._are_set = False

    async def set_up(self) -> None:
        """Sets what is permitted, and shuts the gate of openings for what is not. Raises `ConnectorFault`."""
        barred = self._barred()
        if not barred:
            try:
                await self._connector.set_position_mode(self._plan.position_mode)
                for pair, leverage in self._plan.leverages.items():
                    await self._connector.set_leverage(pair, leverage)
                self._are_set = True
            except ApprovalFault:
                # It ran out just now.
                barred = self._barred()
        if barred != self._shut:
            before, self._shut = self._shut, barred
            if barred:
                self._connector.openings.shut(barred)
            self._connector.openings.release(before)

    async def watch(self) -> None:
        """What was barred is set once an approval is there. Raises `ConnectorFault`."""
        if not self._are_set:
            await self.set_up()

    def _barred(self) -> str:
        factor = self._connector.components.factor_watch.permit
        modes = "" if self._connector.position_mode is self._plan.position_mode else factor.bars_modes()
        return modes or factor.bars_leverage(max(self._plan.leverages.values()))
