"""What was pasted as a key, cleaned and recognised by its shape: HMAC secret, RSA or Ed25519 private key.

A private key comes as PEM: in lines, in one line with `#` or spaces between them, or as the path of its file. What is
wrong is said without a letter of what was pasted.
"""

import base64
import binascii
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
)

from connector.core.faults import ConfigFault
from connector.core.secrets import Secret
from connector.keys.credentials import KeyKind

#: Spaces of every width, marks without width, and quotes.
_AROUND: Final = " \t\r\n\f\v\"'`\u00a0\u200b\u200c\u200d\u2060\ufeff\u201c\u201d\u2018\u2019\u00ab\u00bb,;"
_WORD: Final = re.compile(r"[!-~]+")
#: API keys and HMAC secrets: the exchange gives ones of 64 letters.
_LETTERS: Final = 64
_HMAC: Final = re.compile(rf"[A-Za-z0-9+/=_-]{{16,{_LETTERS}}}")
_PEM: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_LEAST_RSA_BITS: Final = 2_048
_MOST_FILE_BYTES: Final = 65_536
_NOT_SHOWN: Final = "(not shown)"
_KEY, _SECRET = "API key", "API secret"
_PASSPHRASE_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Recognised:
    """A secret, by its kind; `note` is a warning about where it came from, or empty."""

    kind: KeyKind
    secret: Secret
    note: str = ""


def api_key_of(pasted: str) -> Secret:
    """The API key in what was pasted. Raises `ConfigFault`."""
    if "-----BEGIN" in pasted:
        raise _fault(_KEY, "is a private key", "paste the API key here, and the private key at the next prompt")
    text = _joined(pasted)
    if not _HMAC.fullmatch(text):
        rule = f"is no API key: those of the exchange have {_LETTERS} letters and digits{_found(text)}"
        raise _fault(_KEY, rule, "copy it again from the exchange's page")
    return Secret(text)


def secret_of(pasted: str, passphrase: Callable[[], Secret]) -> Recognised:
    """The secret in what was pasted; `passphrase` asks for that of an encrypted key. Raises `ConfigFault`."""
    text = pasted.strip(_AROUND)
    note = ""
    path = None if "-----BEGIN" in text else _file_named(text)
    if path is not None:
        text, note = _read(path), _note_about(path)
    if "-----BEGIN" in text:
        kind, pem = _private_key(text, passphrase)
        return Recognised(kind, pem, note)
    text = _joined(text)
    if der := _bare_key(text):
        return Recognised(*der, note)
    if path is None and _HMAC.fullmatch(text):
        return Recognised(KeyKind.HMAC, Secret(text))
    rule = f"is neither an HMAC secret ({_LETTERS} letters{_found(text)}) nor a private key in PEM, nor the path of one"
    raise _fault(_SECRET, rule, "copy it again; the exchange shows an HMAC secret only once")


def _found(text: str) -> str:
    """How long it is, where it is too long: what was pasted twice is seen by that."""
    return f", this one {len(text)}" if len(text) > _LETTERS else ""


def _joined(pasted: str) -> str:
    """Without spaces and line breaks, wherever a page or a terminal put them."""
    kept = "".join(letter for letter in pasted if letter not in _AROUND)
    return kept if _WORD.fullmatch(kept) else ""


def _private_key(text: str, passphrase: Callable[[], Secret]) -> tuple[KeyKind, Secret]:
    found = _PEM.search(text.replace("\\n", "\n"))
    if found is None:
        raise _fault(_SECRET, "is a private key that is cut off: its END line is missing", "paste all of it")
    label, body = found[1], found[2]
    if "PUBLIC" in label:
        raise _fault(_SECRET, "is the public key, which the exchange has", "paste the private key that belongs to it")
    pem = _pem(label, body)
    load = load_ssh_private_key if "OPENSSH" in label else load_pem_private_key
    is_encrypted = False
    for _ in range(_PASSPHRASE_TRIES):
        word = passphrase().reveal().encode() if is_encrypted else None
        try:
            return _kind_and_pem(load(pem, word))
        except TypeError:
            is_encrypted = True
        except (ValueError, UnsupportedAlgorithm):
            if not is_encrypted and b"ENCRYPTED" not in pem:
                raise _fault(_SECRET, "is no private key: its PEM can't be read", "make it anew") from None
            is_encrypted = True
    raise _fault("passphrase", "does not open the private key", "start again")


def _pem(label: str, body: str) -> bytes:
    """In lines of 64 letters again; the headers of the old encrypted form stay lines."""
    if "Proc-Type:" in body:
        lines = re.split(r"[#\r\n]", body.strip("# \r\n"))
        return "\n".join((f"-----BEGIN {label}-----", *map(str.strip, lines), f"-----END {label}-----", "")).encode()
    letters = "".join(letter for letter in body if letter not in _AROUND + "#\\")
    lines = [letters[at : at + 64] for at in range(0, len(letters), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode("ascii", "replace")


def _bare_key(text: str) -> tuple[KeyKind, Secret] | None:
    """A private key whose BEGIN and END lines were left behind, Ed25519 before RSA; None for what is none."""
    try:
        der = base64.b64decode(text, validate=True)
        return _kind_and_pem(load_der_private_key(der, None))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm, ConfigFault):
        return None


def _kind_and_pem(key: object) -> tuple[KeyKind, Secret]:
    if isinstance(key, Ed25519PrivateKey):
        return KeyKind.ED25519, _plain_pem(key)
    if not isinstance(key, RSAPrivateKey):
        name = type(key).__name__.removesuffix("PrivateKey").lstrip("_")
        raise _fault(_SECRET, f"is a private key of a kind that the exchange does not take ({name})", "make an Ed25519")
    if key.key_size < _LEAST_RSA_BITS:
        raise _fault(_SECRET, f"is an RSA key of {key.key_size} bits", f"make one of {_LEAST_RSA_BITS} or more")
    return KeyKind.RSA, _plain_pem(key)


def _plain_pem(key: Ed25519PrivateKey | RSAPrivateKey) -> Secret:
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def _file_named(text: str) -> Path | None:
    """The file that this is the path of; None where it is none."""
    if not text or len(text) > 4_096 or "\n" in text or "\0" in text:
        return None
    try:
        path = Path(text).expanduser()
        if path.is_file():
            return path
    except (OSError, RuntimeError):
        return None
    if text.startswith(("/", "~", "./", "../")) and text.endswith((".pem", ".key")):
        raise _fault(_SECRET, "is a path, and no file is there", "check the path")
    return None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_FILE_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise _fault(_SECRET, f"is a file that can't be read: {error.strerror}", "check its owner and mode") from None
    except UnicodeDecodeError:
        raise _fault(_SECRET, "is a file without a private key in PEM", "name the PEM file") from None


def _note_about(path: Path) -> str:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        return f"{path}: others can read this private key; once it is stored, remove the file, or chmod 600 it"
    return ""


def _fault(what: str, rule: str, remedy: str) -> ConfigFault:
    return ConfigFault(what, _NOT_SHOWN, rule, remedy)
