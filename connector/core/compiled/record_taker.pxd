# How a record goes straight to the journal's file: no call of Python's between an order and its line.


cdef class RecordTaker:
    # Whether something waits to be written, or a write or a sync has failed: only then is there something to ask for.
    cdef bint is_held(self) except -1
    # Whether `append` does what these do, and nobody has put another in its place.
    cdef bint is_bare(self) except -1
    # Writes one record, as the journal's own `append`.
    cdef int take(self, object record) except -1
    # Writes several together.
    cdef int take_all(self, list records) except -1
