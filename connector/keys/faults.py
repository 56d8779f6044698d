"""Why a key store does not open: each reason has a line of its own, and none can be mistaken for another."""

from pathlib import Path

from connector.core.faults import KeyStoreFault


class DamagedStoreFault(KeyStoreFault):
    """The file is not as it was written. Told without a password."""

    def __init__(self, path: Path, what: str, has_previous: bool = False) -> None:
        self.what = what
        remedy = "restore a backup"
        if has_previous:
            remedy = f"the generation before it is kept: connector store restore {path.stem}"
        super().__init__(f"{path}: the key store is damaged: {what}; {remedy}")


class WrongPasswordFault(KeyStoreFault):
    """The file is whole, and what was given does not open it."""

    def __init__(self, path: Path, what: str = "password") -> None:
        super().__init__(f"{path}: wrong {what}; try again, mind capital letters and the keyboard's layout")


class NewerStoreFault(KeyStoreFault):
    """The file was written by a later version of this program."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path}: the key store has format {found}, and this version reads {known}; install a newer connector"
        )


class OtherDomainFault(KeyStoreFault):
    """The file was written for another domain: it was copied or renamed."""

    def __init__(self, path: Path, found: str, wanted: str) -> None:
        super().__init__(
            f"{path}: this is the key store of {found}, not of {wanted}; put it back under its own name ({found}.yml)"
        )


class ResealedFault(KeyStoreFault):
    """The file is under another data key than when it was opened here."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: the key store was sealed anew since it was opened here (connector store rotate); start again. "
            "Where nobody did that, somebody else changed it: connector store verify"
        )


class UnsafePlaceFault(KeyStoreFault):
    """The file or its folder could be read or replaced by others."""

    def __init__(self, path: Path, what: str, remedy: str) -> None:
        super().__init__(f"{path}: {what}; {remedy}")
