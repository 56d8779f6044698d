"""Every operation that writes the key store, and the program that dies by `kill -9` at each of its steps.

`python -m tests.companions.keys.operations NAME TEMPLATE OUT` copies the template once a step to OUT/<step>, and lets
a process of its own do the operation there until that step.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from connector.core.secrets import Secret
from connector.keys.approvals import Approved
from connector.keys.audit import AuditMark
from connector.keys.key_store import KeyStore
from connector.keys.one_time_codes import STEP_S, code_at, new_secret
from connector.keys.open_store import created
from connector.keys.re_wrapping import change_password, rotate
from connector.keys.second_factor import SecondFactor
from connector.keys.slots import SlotKind, Unlocking
from tests.companions.keys.crashes import DyingFiles
from tests.companions.keys.stores import LIVE, NEW, OLD, OTHER_PASSWORD, PASSWORD, TESTNET, key_for, opened, store_at

OTHER_KEY = "Rk3TzQw8YbN5sVc1XmJ7pLd4HfG9gAe2UoKi6WnEvBtSxCyMrZzDhPj0QuFaOlIw"


def both(unlocking: Unlocking) -> dict[str, Unlocking]:
    return {LIVE: unlocking, TESTNET: unlocking}


FACTOR = new_secret()


def _step() -> int:
    return int(time.time()) // STEP_S


OPERATIONS: dict[str, Callable[[KeyStore], object]] = {
    "connect": lambda store: created(store, key_for("binance_perpetual_local"), Secret(PASSWORD)),
    "replace": lambda store: opened(store).put_key(key_for(LIVE, key=OTHER_KEY)),
    "check": lambda store: opened(store).mark_checked(),
    "keyring": lambda store: opened(store).add_slot(Unlocking(SlotKind.KEYRING, Secret("word"))),
    "2fa enable": lambda store: SecondFactor(opened(store)).enable(FACTOR, code_at(FACTOR, _step()), 50),
    "approve": lambda store: SecondFactor(opened(store)).approve(Approved.UNLOCK, 0, 3_600),
    "seal the audit log": lambda store: opened(store).seal_audit(AuditMark(7, "7" * 64)),
    "disconnect": lambda store: store.remove(LIVE),
    "change-password": lambda store: change_password(store, both(OLD), Secret(OTHER_PASSWORD)),
    "rotate": lambda store: rotate(store, both(OLD)),
}


def state_of(folder: Path) -> dict[str, tuple[str, str, str]]:
    """What opens in a home: by domain the word that opens it, the key in it, and what is told of it.

    Raises `KeyStoreFault` where a file is there and no word opens it.
    """
    store = store_at(folder)
    found = {}
    for domain in store.domains():
        file = store.read(domain)
        word = next(word for word in (OLD, NEW) if _opens(store, domain, word))
        open_store = opened(store, domain, word)
        sealed = (
            f"factor {open_store.field('factor') is not None}, approvals {len(SecondFactor(open_store).approvals())}"
        )
        told = f"{sorted(file.slots)} {sealed} {open_store.audit_mark()} {file.facts.get('second_factor')}"
        told = f"{told} {file.facts.get('checked', '')}"
        found[domain] = (word.word.reveal(), open_store.credentials().api_key.reveal(), told)
    return found


def _opens(store: KeyStore, domain: str, word: Unlocking) -> bool:
    from connector.keys.faults import WrongPasswordFault

    try:
        opened(store, domain, word)
    except WrongPasswordFault:
        return False
    return True


def steps_of(name: str, home: Path) -> int:
    """Does it whole; how many steps that took."""
    files = DyingFiles()
    OPERATIONS[name](store_at(home, files))
    return files.steps


def main(name: str, template: Path, out: Path) -> None:
    shutil.copytree(template, out / "whole")
    for step in range(1, steps_of(name, out / "whole") + 1):
        home = out / str(step)
        shutil.copytree(template, home)
        child = os.fork()
        if not child:
            OPERATIONS[name](store_at(home, DyingFiles(step, by_signal=True)))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9, step
        assert (home / "conf").exists()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
