"""The program `hbot` in a tree of its own, on a local exchange of its own."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.hummingbot.environment import HERE, PYTHON, surroundings

NAME: Final = "binance_perpetual_pro_local"
PASSWORD: Final = "a word of Hummingbot's own"
_GONE_WITHIN_S: Final = 30.0
_SCALE: Final = Decimal(1_000_000)


@dataclass(frozen=True, order=True)
class Trade:
    """A trade, as either side has it."""

    trade_id: int
    order_id: str
    side: str
    price: Decimal
    amount: Decimal
    fees: tuple[tuple[str, Decimal], ...]


def _is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


class Hbot:
    """Runs its commands."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        for source in ("scripts", "controllers"):
            shutil.copytree(HERE / "host_files" / source, tree / source, dirs_exist_ok=True)
        # Nobody asks exchanges that can't be reached here for paper trading.
        (tree / "conf" / "conf_client.yml").write_text("paper_trade:\n  paper_trade_exchanges: []\n")

    def does(self, *words: str, told: str = "", code: int = 0) -> str:
        """What a command printed; it has to end with that code."""
        done = subprocess.run(
            [PYTHON, "-m", "hummingbot.cli.main", *words],
            input=told,
            cwd=self.tree,
            env=surroundings(self.tree, HBOT_PASSWORD=PASSWORD),
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == code, f"hbot {words}: {done.stdout}\n{done.stderr}\n{self.log_end()}"
        return done.stdout

    def connects(self, rest: str) -> None:
        """Stores the address of the local exchange, which comes on standard input."""
        said = self.does("connect", NAME, "--keys-stdin", told=json.dumps({f"{NAME}_exchange": rest}))
        assert f"{NAME}_exchange" in said

    def creates(self, strategy: str, **settings: object) -> None:
        """A file of settings; the next start takes it."""
        words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        assert "ready: yes" in self.does("create", strategy, *words)

    def starts(self) -> None:
        assert json.loads(self.does("start", "--json"))["status"] == "running"

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.does("status", "--json"))
        return told

    def stops(self) -> None:
        assert json.loads(self.does("stop", "--json")) == {"stopped": True, "killed": False}

    def is_frozen(self) -> None:
        """It does nothing more until it goes on, or is killed."""
        os.kill(self._number(), signal.SIGSTOP)

    def goes_on(self) -> None:
        os.kill(self._number(), signal.SIGCONT)

    def is_killed(self) -> None:
        """`kill -9`: it has no time for anything. It is gone when this returns."""
        number = self._number()
        os.kill(number, signal.SIGKILL)
        deadline = time.monotonic() + _GONE_WITHIN_S
        while _is_there(number):
            assert time.monotonic() < deadline, f"process {number} is there after a kill"
            time.sleep(0.05)

    def ends(self) -> None:
        """What a test that failed may have left running."""
        with contextlib.suppress(OSError, ValueError, AssertionError):
            os.kill(self._number(), signal.SIGKILL)

    def errors_of_ours(self) -> list[str]:
        """Lines of its logs in which one of our modules tells an error."""
        return [line for line in self._log_lines() if " - connector." in line and " - ERROR - " in line]

    def log_end(self) -> str:
        return "\n".join(list(self._log_lines())[-40:])

    def trades(self) -> list[Trade]:
        """Those of its databases."""
        rows = self._rows("select exchange_trade_id, order_id, trade_type, price, amount, trade_fee from TradeFill")
        return sorted(
            Trade(int(number), order, side, Decimal(price) / _SCALE, Decimal(amount) / _SCALE, _fees(fee))
            for number, order, side, price, amount, fee in rows
        )

    def payments(self) -> list[tuple[int, Decimal]]:
        """The funding payments of its databases: time in ms and amount."""
        rows = self._rows("select timestamp, amount from FundingPayment")
        return sorted((int(time_ms), Decimal(str(amount))) for time_ms, amount in rows)

    def _rows(self, query: str) -> list[Any]:
        found: list[Any] = []
        for path in (self.tree / "data").glob("*.sqlite"):
            with contextlib.closing(sqlite3.connect(path)) as database:
                found.extend(database.execute(query).fetchall())
        return found

    def _number(self) -> int:
        (path,) = self.tree.rglob("*.pid")
        number = int(path.read_text())
        assert str(self.tree) in Path(f"/proc/{number}/environ").read_text()
        return number

    def _log_lines(self) -> Iterator[str]:
        for path in sorted((self.tree / "logs").glob("*.log")):
            yield from path.read_text(errors="replace").splitlines()


def exchange_trades(rows: list[dict[str, Any]], orders: list[dict[str, Any]]) -> list[Trade]:
    """Those that the exchange lists; orders tell the names."""
    names = {row["orderId"]: row["clientOrderId"] for row in orders}
    return sorted(
        Trade(
            row["id"],
            names[row["orderId"]],
            row["side"],
            Decimal(row["price"]),
            Decimal(row["qty"]),
            ((row["commissionAsset"], Decimal(row["commission"])),),
        )
        for row in rows
    )


def _fees(text: str) -> tuple[tuple[str, Decimal], ...]:
    fee = json.loads(text)
    assert Decimal(fee["percent"]) == 0, "a fee is what the exchange took, no share of the value"
    return tuple((row["token"], Decimal(row["amount"])) for row in fee["flat_fees"])
