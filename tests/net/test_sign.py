"""Signatures, against the documented vectors."""

from connector.core.secrets import Secret
from connector.net.sign import HmacSigner

SECRET = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
SIGNER = HmacSigner(Secret("the-key"), Secret(SECRET))


def test_the_documented_query_gives_the_documented_signature() -> None:
    query = (
        "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC"
        "&recvWindow=5000&timestamp=1591702613943"
    )
    assert SIGNER.sign(query) == "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"


def test_a_split_request_is_signed_without_a_joint() -> None:
    split = (
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
        "quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943"
    )
    assert SIGNER.sign(split) == "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4"


def test_the_signer_shows_neither_key_nor_secret() -> None:
    assert SECRET not in repr(vars(HmacSigner)) + repr(SIGNER)
    assert "the-key" not in f"{SIGNER.api_key}"
