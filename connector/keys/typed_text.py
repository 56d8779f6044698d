"""What is typed or pasted at a prompt that shows nothing: when it ends, and what it says."""

import codecs
import re
from typing import Final

#: Asks a terminal to mark what is pasted, and to stop that.
MARK_PASTES: Final = "\x1b[?2004h"
MARK_NO_PASTES: Final = "\x1b[?2004l"
_PASTE_BEGINS: Final = "\x1b[200~"
_PASTE_ENDS: Final = "\x1b[201~"
_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O])")
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")
_RUBOUTS: Final = "\x7f\x08"
_CLEAR: Final = "\x15"
_LEAVE: Final = "\x04"
_ENTER: Final = "\r\n"
_MOST: Final = 65_536
_PEM_BEGINS: Final = "-----BEGIN "
_PEM_ENDS: Final = re.compile(r"-----END [A-Z0-9 ]+-----")


class TypedText:
    """Fed with a terminal's bytes; `is_done` or `is_left` when the user is."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._letters: list[str] = []
        self._is_pasting = False
        self.is_done = False
        #: Ctrl-D.
        self.is_left = False

    @property
    def text(self) -> str:
        return "".join(self._letters)

    def feed(self, data: bytes) -> bytes:
        """Takes in bytes as far as they belong to this prompt; returns what was typed ahead for the next one."""
        self._rest += self._decoder.decode(data)
        while self._rest and not (self.is_done or self.is_left):
            if self._rest[0] != "\x1b":
                self._take(self._rest[0])
                self._rest = self._rest[1:]
            elif sequence := _SEQUENCE.match(self._rest):
                self._is_pasting = {_PASTE_BEGINS: True, _PASTE_ENDS: False}.get(sequence[0], self._is_pasting)
                self._rest = self._rest[sequence.end() :]
            elif _UNFINISHED.match(self._rest):
                break
            else:
                self._rest = self._rest[1:]
        return self._rest.encode() if self.is_done else b""

    def _take(self, letter: str) -> None:
        if letter == _LEAVE and not self._is_pasting:
            self.is_left = True
        elif letter in _ENTER and not self._is_pasting and not self._is_in_pem():
            # A line without a word is no answer: line breaks around what is pasted are trimmed.
            self.is_done = bool(self.text.strip())
        elif letter in _RUBOUTS:
            del self._letters[-1:]
        elif letter == _CLEAR:
            self._letters.clear()
        elif len(self._letters) < _MOST:
            self._letters.append(letter)

    def _is_in_pem(self) -> bool:
        """A private key of several lines goes on until its last one."""
        text = self.text
        return _PEM_BEGINS in text and not _PEM_ENDS.search(text)
