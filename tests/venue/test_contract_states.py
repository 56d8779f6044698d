import pytest

from connector.venue.contract_states import ContractState, contract_kind, contract_state


@pytest.mark.parametrize("dated", ["CURRENT_QUARTER", "CURRENT_QUARTER DELIVERING", "NEXT_MONTH", "SOMETHING"])
def test_contracts_with_a_date_are_of_no_kind_here(dated: str) -> None:
    assert contract_kind(dated) is None


def test_contracts_on_traditional_finance_stay_so_while_they_are_settled() -> None:
    for contract_type in ("TRADIFI_PERPETUAL", "TRADIFI_PERPETUAL_DELIVERING", "TRADIFI_PERPETUAL DELIVERING"):
        kind = contract_kind(contract_type)
        assert kind is not None
        assert kind.on_traditional_finance


def test_type_and_status_say_together_whether_a_contract_trades() -> None:
    assert contract_state("PERPETUAL", "TRADING") == ContractState(True, "TRADING", False)
    assert contract_state("PERPETUAL", "NEW_WORD") == ContractState(False, "NEW_WORD", False)
    assert contract_state("PERPETUAL_DELIVERING", "SETTLING") == ContractState(False, "SETTLING", True)
    assert contract_state("", "TRADING") == ContractState(False, "contract type ''", False)
