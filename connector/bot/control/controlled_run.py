"""A run that can be asked and told from beside: what the control socket answers, and what it does to the run.

Nothing here is on the way of an order: it is asked between two turns of the loop, and reads what is there.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from connector.bot.control.lines import Ask, BadLine
from connector.bot.control.places import HAS_SOCKETS, bound
from connector.bot.control.server import ControlServer, Deed
from connector.bot.exit_codes import ExitCode, exit_code_of
from connector.bot.report.snapshot import as_json
from connector.bot.report.states import Phase, RunState
from connector.bot.report.summary import Summary
from connector.bot.session.runner import Runner
from connector.bot.session.session import Session
from connector.core.enums import PositionAction
from connector.core.faults import ConnectorFault

#: Who shuts the gate `openings` for `connector pause`.
PAUSE: Final = "pause"


async def controlled(runner: Runner, data: Path, name: str | None, pair: str) -> Summary | None:
    """Runs it, and answers meanwhile at a socket in the home, by `name` or by its pair's. Raises `ConnectorFault`."""
    if not HAS_SOCKETS:
        return await runner.run()
    place, listening = bound(data, name or pair.lower(), is_exact=name is not None)
    server = ControlServer(place, listening, RunDeeds(runner, place.name).deeds())
    async with server.serving():
        try:
            summary = await runner.run()
        except ConnectorFault as fault:
            server.end(exit_code_of(fault), str(fault))
            raise
        except Exception:
            server.end(ExitCode.INTERNAL, "internal error; its log has the details")
            raise
        server.end(ExitCode.OK, "")
    return summary


class RunDeeds:
    """What one run answers. A run between two epochs of its exchange, or before the first, has no session."""

    def __init__(self, runner: Runner, name: str) -> None:
        self._runner = runner
        self._name = name

    def deeds(self) -> Mapping[Ask, Deed]:
        return {
            Ask.STATUS: _of_all(self.status),
            Ask.ORDERS: _of_all(self.orders),
            Ask.POSITIONS: _of_all(self.positions),
            Ask.BALANCE: _of_all(self.balance),
            Ask.PAUSE: self.pause,
            Ask.RESUME: self.resume,
            Ask.STOP: _of_all(self.stop),
        }

    def status(self) -> dict[str, Any]:
        """Who it is, and how it stands."""
        about = {"name": self._name, "pid": os.getpid()}
        session = self._runner.session
        if session is None:
            word = RunState.STOPPING if self._runner.stop.is_set() else RunState.STARTING
            return {**about, "state": {"name": word.value, "reason": "", "until_ms": None, "text": word.value}}
        return {**about, **session.status.snapshot().to_json()}

    def orders(self) -> dict[str, Any]:
        """Every own order that may trade."""
        return {"orders": as_json(self._session().status.snapshot().orders)}

    def positions(self) -> dict[str, Any]:
        """What is held."""
        return {"positions": as_json(self._session().status.positions())}

    def balance(self) -> dict[str, Any]:
        """Every asset of the account that is not 0, and what new orders may be paid with of it."""
        connector = self._session().connector
        held = connector.components.ledger.balances
        rows = [
            {"asset": asset, "wallet": held[asset].wallet, "available": connector.get_available_balance(asset)}
            for asset in sorted(held)
            if held[asset].wallet
        ]
        return {"balances": as_json(tuple(rows))}

    def pause(self, strategy: str = "") -> dict[str, Any]:
        """No order leaves that opens, and those that rest go, until `resume`: of all strategies, or of one."""
        runner, pairs = self._runner, self._pairs_of(strategy)
        if strategy:
            runner.paused_strategies.add(strategy)
        else:
            runner.openings.shut(PAUSE)
        return {"state": "paused", "opening_orders": self._opening(pairs)}

    def resume(self, strategy: str = "") -> dict[str, Any]:
        """Ends a pause, of the bot or of one strategy; what else keeps openings back is said."""
        runner = self._runner
        self._pairs_of(strategy)
        if strategy:
            runner.paused_strategies.discard(strategy)
        else:
            runner.openings.release(PAUSE)
        session = runner.session
        others = session.openings.shut_by if session is not None else ()
        paused = [one.name for one in runner.plan.strategies if one.name in runner.paused_strategies]
        return {"state": "resumed", "shut_by": list(others), "paused_strategies": paused}

    def _pairs_of(self, strategy: str) -> tuple[str, ...]:
        """What the strategy trades; all pairs where none is named. Raises `BadLine` for one that is not run, and for a
        bot that stops."""
        if self._runner.stop.is_set():
            raise BadLine("it is stopping")
        plan = self._runner.plan
        if not strategy:
            return plan.pairs
        if not plan.is_several:
            raise BadLine("it runs one strategy alone: leave --strategy out")
        named = next((one for one in plan.strategies if one.name == strategy), None)
        if named is None:
            names = ", ".join(one.name for one in plan.strategies)
            raise BadLine(f"it has no strategy of the name {strategy}; it runs {names}")
        return named.pairs

    def stop(self) -> dict[str, Any]:
        """As the first Ctrl-C does: asked again, it hurries nothing, for orders would stay open."""
        if not self._runner.stop.is_set():
            self._runner.on_signal()
        return {"state": "stopping"}

    def _opening(self, pairs: tuple[str, ...]) -> int:
        """How many orders of these pairs that open may still be at the exchange."""
        session = self._runner.session
        orders = session.connector.in_flight_orders.values() if session is not None else ()
        return sum(
            order.position_action is not PositionAction.CLOSE and order.trading_pair in pairs for order in orders
        )

    def _session(self) -> Session:
        """Raises `BadLine` before there is one that knows its account."""
        session = self._runner.session
        if session is None or session.status.phase is Phase.STARTING:
            raise BadLine("it has not begun to trade yet")
        return session


def _of_all(deed: Callable[[], dict[str, Any]]) -> Deed:
    """One that is not of a strategy."""

    def done(strategy: str) -> dict[str, Any]:
        if strategy:
            raise BadLine("only a pause can be of one strategy")
        return deed()

    return done
