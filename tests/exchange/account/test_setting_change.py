"""Read, change, read back: by a setting that lives in this test."""

import pytest

from connector.core.faults import Blame, ConfigFault, ConnectorFault, Fate, Fault, FaultRule, Retry, UnavailableFault
from connector.exchange.account.setting_change import SettingChange, carried_out


def fault(fate: Fate, blame: Blame = Blame.REQUEST, code: int = 0) -> Fault:
    return Fault(FaultRule(fate, Retry.NEVER, blame, "no", "do otherwise"), "POST /x", code=code)


class Setting:
    """It becomes what is asked once it was read so often after that; `refusal` is what the call meets."""

    def __init__(self, refusal: ConnectorFault | None = None, after_reads: int = 0, *, is_done: bool = True) -> None:
        self.value, self.asked, self.reads = 1, 0, 0
        self._refusal, self._after_reads, self._is_done = refusal, after_reads, is_done

    async def read(self) -> int:
        self.reads += 1
        if self.asked and self._is_done and self.reads > self._after_reads:
            self.value = 2
        return self.value

    async def ask(self) -> None:
        self.asked += 1
        if self._refusal is not None:
            raise self._refusal

    def change(self, wanted: int = 2, in_the_way: str | ConnectorFault = "") -> SettingChange[int]:
        async def why(code: int) -> str:
            if isinstance(in_the_way, ConnectorFault):
                raise in_the_way
            return in_the_way

        return SettingChange("key", wanted, self.read, lambda now: now == wanted, self.ask, str, why)


async def test_what_is_so_is_read_once_and_not_asked_for() -> None:
    setting = Setting()
    assert await carried_out(setting.change(wanted=1)) == 1
    assert (setting.reads, setting.asked) == (1, 0)


@pytest.mark.parametrize("refusal", [None, fault(Fate.DONE), fault(Fate.UNKNOWN)])
async def test_what_was_done_is_read_back_though_a_replica_lags(refusal: Fault | None) -> None:
    setting = Setting(refusal, after_reads=4)
    assert await carried_out(setting.change()) == 2
    assert setting.asked == 1, "nothing is sent twice"


@pytest.mark.parametrize(("refusal", "reads"), [(None, 6), (fault(Fate.UNKNOWN), 16)])
async def test_what_was_not_done_is_told_once_it_can_come_no_more(refusal: Fault | None, reads: int) -> None:
    setting = Setting(refusal, is_done=False)
    with pytest.raises(ConfigFault, match="key: 2: the exchange still has 1"):
        await carried_out(setting.change())
    assert abs(setting.reads - reads) <= 1


async def test_a_refusal_names_its_number_what_is_in_the_way_and_what_to_do() -> None:
    setting = Setting(fault(Fate.NEVER_LIVED, code=-4067))
    with pytest.raises(ConfigFault, match=r"key: 2: no \[-4067\]; two orders; do otherwise"):
        await carried_out(setting.change(in_the_way="two orders"))
    assert setting.reads == 1
    other = Setting(fault(Fate.NEVER_LIVED, code=-4067))
    with pytest.raises(ConfigFault, match="what stands in the way could not be read: not there"):
        await carried_out(other.change(in_the_way=UnavailableFault("not there")))


async def test_what_is_nobodys_setting_is_no_wrong_setting() -> None:
    with pytest.raises(Fault, match="no"):
        await carried_out(Setting(fault(Fate.NEVER_LIVED, Blame.NETWORK)).change())
