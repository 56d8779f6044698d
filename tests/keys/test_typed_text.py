"""What is typed and pasted, byte by byte: when a line ends, and what is none."""

import pytest

from connector.keys.typed_text import TypedText

PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----"


def fed(*pieces: bytes) -> TypedText:
    typed = TypedText()
    for piece in pieces:
        typed.feed(piece)
    return typed


@pytest.mark.parametrize("enter", [b"\r", b"\n"])
def test_enter_ends_a_line_that_has_a_word(enter: bytes) -> None:
    typed = fed(b"key", enter)
    assert (typed.text, typed.is_done) == ("key", True)
    assert not fed(b"  ", enter, enter).is_done


def test_a_marked_paste_keeps_its_line_breaks_until_enter() -> None:
    typed = fed(b"\x1b[200~a\r\nb\x1b[201~")
    assert not typed.is_done
    typed.feed(b"\r")
    assert (typed.text, typed.is_done) == ("a\r\nb", True)


def test_a_mark_that_arrives_in_pieces_is_a_mark() -> None:
    pieces = [bytes((byte,)) for byte in b"\x1b[200~a\rb\x1b[201~\r"]
    typed = fed(*pieces)
    assert (typed.text, typed.is_done) == ("a\rb", True)


def test_a_private_key_goes_on_until_its_last_line() -> None:
    lines = PEM.encode().split(b"\n")
    typed = fed(*(line + b"\r" for line in lines[:-1]))
    assert not typed.is_done
    typed.feed(lines[-1] + b"\r")
    assert typed.is_done
    assert typed.text.replace("\r", "\n") == PEM


def test_keys_that_write_nothing_write_nothing() -> None:
    assert fed(b"a\x1b[A\x1b[3~\x1bOP\x1bxb\x7f\x08c\r").text == "c"
    assert fed(b"abc\x15d\r").text == "d"


def test_what_was_typed_ahead_is_for_the_next_prompt() -> None:
    assert TypedText().feed("key\rsecrét\r".encode()) == "secrét\r".encode()


def test_letters_of_several_bytes_may_come_in_pieces() -> None:
    word = "pässwörd".encode()
    assert fed(*(bytes((byte,)) for byte in word), b"\r").text == "pässwörd"


def test_ctrl_d_leaves_wherever_it_is_typed_but_inside_of_a_paste() -> None:
    assert fed(b"ab\x04").is_left
    assert not fed(b"\x1b[200~\x04").is_left


def test_a_paste_without_end_is_bounded() -> None:
    assert len(fed(b"a" * 100_000).text) == 65_536
