# Whether anything that opens may leave now, and where it is written down.

from connector.core.compiled.record_taker cimport RecordTaker


cdef class Permit:
    cdef object gates, tasks, journal, append
    # The journal's file, where records go straight to one.
    cdef RecordTaker taker
    cdef dict holders, pauses
    cdef readonly bint is_kept
    cdef Py_ssize_t g_ready, t_group
    # Made again of each order that goes straight to the file: nobody else has it.
    cdef object record

    cdef bint may_go(self) except -1
    cdef bint is_running(self) except -1
    cdef bint is_troubled(self) except -1
    cdef int write(self, object record) except -1
    cdef int write_intended(self, object order) except -1
