# Whether anything that opens may leave now, and where it is written down.


cdef class Permit:
    cdef object gates, tasks, journal, log
    cdef readonly object append
    cdef dict holders, pauses
    cdef readonly bint is_kept
    cdef Py_ssize_t g_ready, t_group

    cdef bint may_go(self) except -1
    cdef bint is_running(self) except -1
    cdef bint is_troubled(self) except -1
