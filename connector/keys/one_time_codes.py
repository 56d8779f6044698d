"""One-time codes of an authenticator app: RFC 6238, six digits of SHA-1 every 30 s, which is what apps agree on."""

import hashlib
import hmac
import io
from typing import Any, Final

from connector.core.secrets import Secret

STEP_S: Final = 30
DIGITS: Final = 6
#: Steps before and after the present one that a code may be of: an app's clock is not this machine's.
_DRIFT: Final = 1
_ISSUER: Final = "perpetual-connector"


def new_secret() -> Secret:
    """160 random bits in base 32."""
    import pyotp

    return Secret(pyotp.random_base32())


def code_at(secret: Secret, step: int, digits: int = DIGITS, digest: Any = hashlib.sha1) -> str:
    """The code of a step, counted from 1970."""
    import pyotp

    return pyotp.TOTP(secret.reveal(), digits=digits, digest=digest, interval=STEP_S).at(step * STEP_S)


def step_of(secret: Secret, code: str, now_s: float, after_step: int) -> int | None:
    """The step whose code this is, of those that may be used now: none before one that was used. None for no code."""
    typed = "".join(letter for letter in code if not letter.isspace())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    present = int(now_s) // STEP_S
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step), typed) and step > after_step:
            found = step
    return found


def address_of(secret: Secret, domain: str) -> str:
    """What an app reads out of the picture."""
    import pyotp

    return pyotp.TOTP(secret.reveal(), digits=DIGITS, interval=STEP_S).provisioning_uri(
        name=domain, issuer_name=_ISSUER
    )


def picture_of(address: str) -> str:
    """The address as a QR code of characters, for a terminal."""
    import segno

    page = io.StringIO()
    segno.make(address, error="l").terminal(out=page, compact=True)
    return page.getvalue()
