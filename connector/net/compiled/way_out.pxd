# A request's way out, for a neighbour that has its parameters in memory of its own.

from connector.net.compiled.hmac_key cimport HmacKey
from connector.net.compiled.json_params cimport Params


cdef class Kind:
    cdef readonly object endpoint
    cdef object priority
    cdef object cost
    cdef bytes method
    cdef bint is_risk


cdef class WayOut:
    # For cancels and what closes; for all else.
    cdef object risk, orders
    cdef object sockets, spelling, admission, clock, meter, sync, throttle
    cdef object plain
    cdef dict in_flight
    cdef long long wall_ahead_ns, bias_ms
    cdef int steady
    # Whether the clock is this machine's, which is read without asking.
    cdef bint is_system_clock
    # False where orders go by REST: nothing ever leaves here then.
    cdef readonly bint is_way
    # Whether the last request had letters that are not written here.
    cdef bint is_odd
    cdef object signer, key_text
    cdef HmacKey keyed
    cdef object window_text
    cdef type socket_type, connection_type
    cdef Py_ssize_t s_connection, s_within, a_waiting
    cdef Py_ssize_t c_open, c_logged_on, c_waiting, c_heard, c_transport, c_asked
    cdef list kinds

    cdef Kind kind_of(self, object endpoint)
    cdef object leave(self, Kind kind, Params* read, object left, long long steady_ns=*, object name=*)
    cdef int know(self, type kind) except -1
    cdef int know_signer(self, Kind kind) except -1
    cdef bint is_doubted(self, object connection, long long steady_ms) except -1
    cdef long long steady_ns(self) except -1
    cdef long long wall_ms(self, long long steady_ns) except -1
    cdef long long venue_ms(self, long long steady_ns) except -1
    cdef object ticket(self, Kind kind, long long venue_ms, long long steady_ms)
    cdef Py_ssize_t spell_message(
        self, Kind kind, Params* read, bint is_logged_on, long long venue_ms, object number, char* told
    ) except -1
