"""Whose market a local exchange plays, in words: a domain's in a dry run, a recording's in a rehearsal."""


def played_market(data_of: str, *, is_rehearsal: bool) -> str:
    """Empty where it is nobody's: there the market is the venue's own."""
    if not data_of:
        return ""
    return f"REHEARSAL on {data_of}" if is_rehearsal else f"DRY RUN on the data of {data_of}"
