"""`connector keys` and `connector disconnect`: which keys there are, and one less."""

from contextlib import closing
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from connector.bot.command_output import Facts
from connector.bot.keys.factor_gate import passed_with_code
from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.prompts import Abandoned
from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.keys.credentials import KeyFacts
from connector.keys.key_store import facts_of, no_key

#: Of a fingerprint.
_LETTERS = 12
_TITLES = ("domain", "kind", "fingerprint", "added", "last checked", "second factor")


def list_keys(keys: KeyHome, console: Console) -> Facts:
    """Prints a table of every key, never a secret, and returns its rows. Raises the first `KeyStoreFault`, after all
    others were told."""
    domains = keys.store.domains()
    table = Table()
    for title in _TITLES:
        # Which key it is says nothing when it is cut: the dates give way.
        least = max(map(len, domains), default=0) if title == "domain" else _LETTERS if title == "fingerprint" else None
        table.add_column(title, no_wrap=least is not None, min_width=least, overflow="fold")
    faults: list[KeyStoreFault] = []
    rows = []
    for domain in domains:
        try:
            fact = facts_of(keys.store.read(domain))
            table.add_row(*_row(fact))
            rows.append(asdict(fact))
        except KeyStoreFault as fault:
            faults.append(fault)
            table.add_row(domain, "can't be read")
    if table.row_count:
        console.print(table)
    else:
        console.print("no key is stored; give one: connector connect binance_perpetual_testnet")
    if faults:
        raise faults[0]
    return {"keys": rows}


def disconnect(keys: KeyHome, domain: str, *, is_agreed: bool) -> None:
    """Removes a domain's key from this machine. Raises `NoKeyFault`, `KeyStoreFault`."""
    if not keys.store.has(domain):
        raise no_key(domain)
    if not is_agreed:
        terminal = keys.asked()
        try:
            if not terminal.agrees(f"The key of {domain} is removed from this machine, not from the exchange."):
                raise Abandoned
        except Abandoned:
            raise NoKeyFault("nothing was removed") from None
    if facts_of(keys.store.read(domain)).has_factor:
        with closing(keys.opened(domain, by_given=True)) as store:
            passed_with_code(keys, store, "remove the key")
    keys.store.remove(domain)
    keys.record("disconnected", domain)


def _row(fact: KeyFacts) -> tuple[str, ...]:
    return (
        fact.domain,
        fact.kind,
        fact.fingerprint,
        fact.added,
        fact.checked or "never",
        "on" if fact.has_factor else "off",
    )
