"""The keyring of the operating system: keeps a random word that opens a store without a password being typed.

The library is an extra: `pip install perpetual-connector[keyring]`.
"""

import secrets
from typing import Any, Final

from connector.core.faults import KeyStoreFault, failure_text
from connector.core.secrets import Secret
from connector.keys.slots import SlotKind, Unlocking

_SERVICE: Final = "perpetual-connector"


def kept_word(store_id: str) -> Unlocking:
    """The word of that store. Raises `KeyStoreFault` where the keyring has none, or there is no keyring."""
    word = _asked("get_password", _SERVICE, store_id)
    if not isinstance(word, str) or not word:
        raise KeyStoreFault("the system's keyring has no word for this store; add it: connector store keyring-add")
    return Unlocking(SlotKind.KEYRING, Secret(word))


def new_word() -> Unlocking:
    """A random one, which nobody keeps yet."""
    return Unlocking(SlotKind.KEYRING, Secret(secrets.token_urlsafe(32)))


def keep_word(store_id: str, word: Unlocking) -> None:
    """The keyring has it from now on, in place of an earlier one. Raises `KeyStoreFault`."""
    _asked("set_password", _SERVICE, store_id, word.word.reveal())


def forget_word(store_id: str) -> None:
    """Raises `KeyStoreFault`."""
    if _asked("get_password", _SERVICE, store_id) is not None:
        _asked("delete_password", _SERVICE, store_id)


def _asked(call: str, *words: str) -> Any:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise KeyStoreFault(
            "the system's keyring needs a library that is not installed: pip install perpetual-connector[keyring]"
        ) from None
    try:
        return getattr(keyring, call)(*words)
    except KeyringError as error:
        raise KeyStoreFault(f"the system's keyring does not answer: {failure_text(error)}") from None
