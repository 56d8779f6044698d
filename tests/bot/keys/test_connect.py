"""A key is given at a real terminal: the prompts to the letter, nothing shown, nothing left behind."""

import base64
import signal
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from connector.bot.keys.connect import ConnectTerms, connect
from connector.bot.keys.key_check import Findings
from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.keys.credentials import Credentials, KeyKind
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.slots import Unlocking
from connector.venue.domains import Domain, domain_named
from tests.companions.keys.at_terminal import PASTE, Person, connects, with_password
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import (
    API_KEY,
    API_SECRET,
    LIVE,
    OTHER_PASSWORD,
    PASSWORD,
    TESTNET,
    connected,
    opened,
    store_at,
)
from tests.companions.keys.typists import Answer, Typist, cheap_home, typed

KEY, SECRET = "Enter your Binance Perpetual API key >>> ", "Enter your Binance Perpetual API secret >>> "
OTHER_KEY = API_KEY[::-1]


def key_in(home: Path, domain: str = LIVE, password: str = PASSWORD) -> tuple[KeyKind, str, str]:
    found = OpenStore.at(KeyStore(home / "conf" / "connectors"), domain, Unlocking.by_password(password)).credentials()
    return found.kind, found.api_key.reveal(), found.api_secret.reveal()


def leaks_in(home: Path) -> list[str]:
    """Files that hold eight letters of a secret as they are or in hex, or the whole of it in base 64."""
    secrets = [secret.encode() for secret in (API_KEY, OTHER_KEY, API_SECRET, PASSWORD)]
    pieces = [secret[at : at + 8] for secret in secrets for at in range(0, 16, 8)]
    coded = [base64.b64encode(b"x" * shift + secret)[4:-4] for secret in secrets for shift in range(3)]
    forms = [*pieces, *(piece.hex().encode() for piece in pieces), *coded]
    files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    return [f"{path}: {form!r}" for path, data in files.items() for form in forms if form in data]


def files_in(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


def test_a_key_of_either_domain_is_asked_for_sealed_and_never_shown(tmp_path: Path) -> None:
    person = with_password(connects(tmp_path))
    person.sees("Recovery code of binance_perpetual, shown this once: write it down, and keep it elsewhere.")
    person.sees("stored: binance_perpetual, HMAC key with the fingerprint ")
    assert person.ends() == 0
    assert person.is_as_before()
    second = Person(tmp_path, "connect", TESTNET)
    second.answers("Enter your Binance Perpetual Testnet API key >>> ", OTHER_KEY)
    second.answers("Enter your Binance Perpetual Testnet API secret >>> ", API_SECRET)
    second.answers("Store it nevertheless? Type yes to go on, anything else to leave: ", "yes")
    second.answers("Enter your password >>> ", PASSWORD)
    second.sees("stored: binance_perpetual_testnet, HMAC key")
    assert second.ends() == 0
    for secret in (API_KEY, OTHER_KEY, API_SECRET, PASSWORD):
        assert secret not in person.shown + second.shown
    assert leaks_in(tmp_path) == []
    log = (tmp_path / "data" / "audit.log").read_text()
    assert log.count(", not found good, stored at the user's word") == 2
    assert key_in(tmp_path) == (KeyKind.HMAC, API_KEY, API_SECRET)
    assert key_in(tmp_path, TESTNET) == (KeyKind.HMAC, OTHER_KEY, API_SECRET)


def test_pastes_are_cleaned_of_spaces_quotes_and_line_breaks(tmp_path: Path) -> None:
    person = Person(tmp_path, "connect", LIVE)
    person.sees(KEY)
    person.types(PASTE.format(f'\r\n  "{API_KEY[:30]}\r\n{API_KEY[30:]}"  \r\n'))
    person.types("\r")
    person.sees(SECRET)
    # A terminal that doesn't mark its pastes: line breaks before and behind.
    person.types(f"\r\n\t '{API_SECRET}' \r\n\r\n")
    person.answers("Type yes to go on, anything else to leave: ", "yes")
    assert with_password(person).ends() == 0
    assert key_in(tmp_path) == (KeyKind.HMAC, API_KEY, API_SECRET)


@pytest.mark.parametrize("form", ["hashes", "lines", "marked lines", "path"])
def test_a_private_key_comes_in_one_line_in_several_or_as_a_file(tmp_path: Path, form: str) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"grey cat")).decode()
    file = tmp_path / "key.pem"
    secret_file(file, pem)
    typed = {
        "hashes": pem.strip().replace("\n", "#") + "\r",
        "lines": pem.replace("\n", "\r"),
        "marked lines": PASTE.format(pem) + "\r",
        "path": f"{file}\r",
    }[form]
    person = Person(tmp_path, "connect", LIVE)
    person.answers(KEY, API_KEY)
    person.sees(SECRET)
    person.types(typed)
    person.answers("Enter the passphrase of this private key >>> ", "grey dog")
    person.answers("Enter the passphrase of this private key >>> ", "grey cat")
    person.answers("Type yes to go on, anything else to leave: ", "yes")
    assert with_password(person).ends() == 0
    kind, _, stored = key_in(tmp_path)
    assert kind is KeyKind.ED25519
    assert "ENCRYPTED" not in stored
    assert pem.splitlines()[1] not in person.shown


@pytest.mark.parametrize("leave", ["\x03", "\x04"])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_leaving_at_any_prompt_leaves_nothing_behind(tmp_path: Path, leave: str, at: int) -> None:
    prompts = (
        (KEY, API_KEY),
        (SECRET, API_SECRET),
        ("Type yes to go on, anything else to leave: ", "yes"),
        ("Choose a password for your keys >>> ", PASSWORD),
        ("Enter it again >>> ", PASSWORD),
    )
    person = Person(tmp_path, "connect", LIVE)
    for prompt, text in prompts[: at - 1]:
        person.answers(prompt, text)
    person.sees(prompts[at - 1][0])
    if at != 3:
        person.types("half a word")
    person.types(leave)
    person.sees("nothing was stored")
    assert person.ends() == 4
    assert person.is_as_before()
    assert files_in(tmp_path) <= {"logs/connector.log"}
    assert "half a word" not in person.shown
    assert "Traceback" not in person.shown


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_kill_at_a_prompt_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    person = Person(tmp_path, "connect", LIVE)
    person.sees(KEY)
    person.child.kill(number)
    assert person.ends() == 128 + number
    assert person.is_as_before()
    assert files_in(tmp_path) == set()


def test_what_is_no_key_is_said_without_being_shown_and_asked_again(tmp_path: Path) -> None:
    person = Person(tmp_path, "connect", LIVE)
    person.answers(KEY, "tooshort")
    person.sees("API key: (not shown): is no API key")
    person.answers(KEY, API_KEY)
    person.answers(SECRET, "ümlaut " + API_SECRET)
    person.sees("API secret: (not shown): is neither an HMAC secret (64 letters) nor a private key")
    person.answers(SECRET, API_SECRET)
    person.answers("Type yes to go on, anything else to leave: ", "no")
    assert person.ends() == 4
    assert "tooshort" not in person.shown
    assert files_in(tmp_path) <= {"logs/connector.log"}


def test_a_short_password_and_two_that_differ_are_asked_again_and_a_weak_one_has_its_hint(tmp_path: Path) -> None:
    person = connects(tmp_path)
    person.answers("Choose a password for your keys >>> ", "short")
    person.sees("a password has at least 12 letters, this one 5")
    person.answers("Choose a password for your keys >>> ", "password1234")
    person.sees("this password is soon guessed.")
    person.answers("Enter it again >>> ", "password12345")
    person.sees("the two are not the same")
    assert with_password(person).ends() == 0


def test_a_key_that_another_domain_has_is_taken_over_with_a_yes_alone(tmp_path: Path) -> None:
    assert with_password(connects(tmp_path)).ends() == 0
    second = Person(tmp_path, "connect", TESTNET)
    second.answers("Enter your Binance Perpetual Testnet API key >>> ", API_KEY)
    second.answers("Enter your Binance Perpetual Testnet API secret >>> ", API_SECRET)
    second.answers("Use it for binance_perpetual_testnet too? Type yes to go on, anything else to leave: ", "")
    second.sees("nothing was stored")
    assert second.ends() == 4


def test_a_key_is_replaced_with_the_password_alone(tmp_path: Path) -> None:
    assert with_password(connects(tmp_path)).ends() == 0
    person = Person(tmp_path, "connect", LIVE)
    person.answers("it will be replaced. Type yes to go on, anything else to leave: ", "yes")
    person.answers("Enter your password >>> ", PASSWORD)
    person.answers(KEY, OTHER_KEY)
    person.answers(SECRET, API_SECRET)
    person.answers("Type yes to go on, anything else to leave: ", "yes")
    assert person.ends() == 0
    assert key_in(tmp_path) == (KeyKind.HMAC, OTHER_KEY, API_SECRET)


def test_the_local_domain_has_no_key(tmp_path: Path) -> None:
    person = Person(tmp_path, "connect", "binance_perpetual_local")
    person.sees("needs no key")
    assert person.ends() == 3


GIVEN_KEY = (("API key >>> ", OTHER_KEY), ("API secret >>> ", API_SECRET))
REPLACES = ("it will be replaced", "yes")


async def takes_it(domain: Domain, credentials: Credentials) -> Findings:
    return Findings()


async def is_left(domain: Domain, credentials: Credentials) -> Findings:
    raise KeyboardInterrupt


def connects_to(home: Path, domain: str, *answers: Answer, password_from: str | None = None) -> Typist:
    typist = Typist(*answers)
    connect(cheap_home(home, typist, password_from), domain_named(domain), takes_it, ConnectTerms())
    assert typist.is_done
    return typist


def word_in(home: Path, text: str) -> str:
    secret_file(home / "word", text)
    return f"file:{home / 'word'}"


def key_at(home: Path, domain: str) -> str:
    return opened(store_at(home), domain).credentials().api_key.reveal()


def test_a_slip_at_the_password_throws_nothing_away_that_was_pasted(tmp_path: Path) -> None:
    connected(tmp_path)
    connects_to(tmp_path, TESTNET, *GIVEN_KEY, *typed("a slip", 2), *typed(PASSWORD))
    assert key_at(tmp_path, TESTNET) == OTHER_KEY


def test_three_wrong_passwords_store_nothing(tmp_path: Path) -> None:
    connected(tmp_path)
    with pytest.raises(KeyStoreFault, match="wrong password"):
        connects_to(tmp_path, TESTNET, *GIVEN_KEY, *typed("a guess", 3))
    assert store_at(tmp_path).domains() == (LIVE,)


def test_a_password_that_is_handed_over_serves_for_a_further_domain_and_a_wrong_one_is_told_before_a_key_is_asked_for(
    tmp_path: Path,
) -> None:
    connected(tmp_path)
    with pytest.raises(KeyStoreFault, match="wrong password"):
        connects_to(tmp_path, TESTNET, password_from=word_in(tmp_path, OTHER_PASSWORD))
    connects_to(tmp_path, TESTNET, *GIVEN_KEY, password_from=word_in(tmp_path, PASSWORD))
    assert key_at(tmp_path, TESTNET) == OTHER_KEY


def test_a_password_that_is_handed_over_is_that_of_the_first_key_where_it_is_long_enough(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreFault, match="at least 12 letters"):
        connects_to(tmp_path, LIVE, password_from=word_in(tmp_path, "short"))
    connects_to(tmp_path, LIVE, *GIVEN_KEY, password_from=word_in(tmp_path, PASSWORD))
    assert key_at(tmp_path, LIVE) == OTHER_KEY


@pytest.mark.parametrize("named", [None, "env"])
def test_an_unlocked_terminal_replaces_no_key_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    connected(tmp_path)
    monkeypatch.setenv("CONNECTOR_PASSWORD", PASSWORD)
    with pytest.raises(KeyStoreFault, match="wrong password"):
        connects_to(tmp_path, LIVE, REPLACES, *typed("a guess", 3), password_from=named)
    connects_to(tmp_path, LIVE, REPLACES, *typed(PASSWORD), *GIVEN_KEY, password_from=named)
    assert key_at(tmp_path, LIVE) == OTHER_KEY


def test_leaving_at_any_prompt_of_a_further_key_stores_nothing(tmp_path: Path) -> None:
    connected(tmp_path)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"grey cat")
    )
    further: tuple[Answer, ...] = (
        ("API key >>> ", API_KEY),
        ("API secret >>> ", pem.decode().strip().replace("\n", "#")),
        ("passphrase", "grey cat"),
        (f"Use it for {TESTNET} too?", "yes"),
        ("Enter your password >>> ", PASSWORD),
    )
    for domain, answers in ((TESTNET, further), (LIVE, (REPLACES, *typed(PASSWORD), *further[:3]))):
        for number, (prompt, _) in enumerate(answers):
            with pytest.raises(NoKeyFault, match="nothing was stored"):
                connects_to(tmp_path, domain, *answers[:number], (prompt, None))
            assert store_at(tmp_path).domains() == (LIVE,)
            assert key_at(tmp_path, LIVE) == API_KEY
    connects_to(tmp_path, TESTNET, *further)
    assert key_at(tmp_path, TESTNET) == API_KEY


def test_leaving_while_the_exchange_is_asked_stores_nothing_and_says_so(tmp_path: Path) -> None:
    keys = cheap_home(tmp_path, Typist(*GIVEN_KEY))
    with pytest.raises(NoKeyFault, match="nothing was stored"):
        connect(keys, domain_named(LIVE), is_left, ConnectTerms())
    assert store_at(tmp_path).domains() == ()
