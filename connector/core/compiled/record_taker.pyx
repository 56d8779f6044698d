"""The border between whoever has something to write down and a compiled journal: they never import each other."""


cdef class RecordTaker:
    """Takes records of the journal, as `core.journal.Journal` does."""

    cdef bint is_held(self) except -1:
        raise NotImplementedError

    cdef bint is_bare(self) except -1:
        raise NotImplementedError

    cdef int take(self, object record) except -1:
        raise NotImplementedError

    cdef int take_all(self, list records) except -1:
        raise NotImplementedError
