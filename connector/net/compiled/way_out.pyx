"""A request's way to the socket of the WS-API, compiled; `plain/way_out.py` specifies it, and goes it where anything is
unusual. Between the call and the bytes no object is made but the message, its ticket and two numbers.

What chooses twins is known by its instances alone: it can't be loaded from here.
"""

from cython cimport final

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.dict cimport PyDict_Next
from cpython.object cimport PyObject
from libc.string cimport memcpy
from picows.picows cimport WSMsgType, WSTransport

from connector.core.compiled.row_form cimport got, put, slot_of
from connector.net.compiled.hmac_key cimport HmacKey
from connector.net.compiled.json_params cimport MOST, MOST_LETTERS, MOST_MARK, MOST_NUMBER, Params, Text, add, add_number
from connector.net.compiled.json_params cimport digits_of, is_mark, payload, spell, take, written
from connector.net.compiled.steady_clock cimport steady_read_ns
from connector.net.limits.compiled.at_once cimport ticket_now

from functools import partial

from connector.net.clock_sync import BIAS_MS, ClockSync
from connector.net.limits.limit_window import Cost
from connector.net.limits.throttle import MOST_IN_FLIGHT
from connector.net.reconnects import DOUBTED_AFTER_MS
from connector.net.system_clock import STEADY, SystemClock
from connector.venue.endpoints import Priority

cdef object risk = Priority.RISK
cdef type system_clock = SystemClock
cdef Py_ssize_t y_set = slot_of(ClockSync, "is_set"), y_offset = slot_of(ClockSync, "offset_ms")
cdef long long doubted_after_ms = DOUBTED_AFTER_MS, most_in_flight = MOST_IN_FLIGHT
cdef enum:
    # Of all that stands around the parameters.
    ROOM = 128


@final
cdef class Kind:
    """What is asked: an endpoint, as its requests are counted and named."""

    def __init__(self, endpoint not None):
        self.endpoint, self.priority = endpoint, endpoint.priority
        self.is_risk = endpoint.priority is risk
        self.cost = Cost(endpoint.weight({}), endpoint.order_cost_10s, endpoint.order_cost_1m, endpoint.funding_cost)
        self.method = endpoint.ws_method.encode()


@final
cdef class WayOut:
    """Spells, signs, counts and sends requests of one domain."""

    def __init__(self, sockets, spelling, admission, meter, clock):
        from connector.net.plain.way_out import WayOut as PlainWay

        self.plain = PlainWay(sockets, spelling, admission, meter, clock)
        self.sockets, self.spelling, self.admission, self.meter, self.clock = sockets, spelling, admission, meter, clock
        self.sync, self.bias_ms = meter.sync, BIAS_MS
        self.a_waiting, self.throttle = slot_of(type(admission), "_waiting"), admission.throttle
        self.in_flight = got(admission, slot_of(type(admission), "_in_flight"))
        self.kinds = []
        self.window_text = str(spelling.recv_window_ms) if spelling.recv_window_ms else None
        if type(clock) is system_clock:
            self.steady, self.wall_ahead_ns = STEADY, clock.wall_ahead_ns
            self.is_system_clock = steady_read_ns(STEADY) >= 0
        self.is_way = sockets is not None
        if self.is_way:
            self.risk, self.orders, self.socket_type = sockets.risk, sockets.orders, type(sockets.risk)
            self.s_connection = slot_of(self.socket_type, "_connection")
            self.s_within = slot_of(self.socket_type, "_answer_within_s")

    def __reduce_ex__(self, protocol):
        raise TypeError("what signs is neither pickled nor copied")

    def send(self, endpoint, params, left):
        cdef Params read
        if not self.is_way or not endpoint.ws_method:
            return None
        if not take(params, &read) or read.count > MOST - 4:
            return self.plain.send(endpoint, params, left)
        self.is_odd = False
        told = self.leave(self.kind_of(endpoint), &read, left)
        return self.plain.send(endpoint, params, left) if self.is_odd else told

    cdef Kind kind_of(self, object endpoint):
        cdef Kind kind
        for kind in self.kinds:
            if kind.endpoint is endpoint:
                return kind
        kind = Kind(endpoint)
        self.kinds.append(kind)
        return kind

    cdef long long steady_ns(self) except -1:
        if not self.is_system_clock:
            return <long long>self.clock.monotonic_ms() * 1_000_000
        return steady_read_ns(self.steady)

    cdef object leave(self, Kind kind, Params* read, object left, long long steady_ns=-1, object name=None):
        """Sends what was read: time, key and signature are added here. `steady_ns`: where that was read a moment ago.
        `left` is called with the name, where one is given."""
        cdef object socket = self.risk if kind.is_risk else self.orders
        cdef object connection = got(socket, self.s_connection), transport
        if connection is None:
            return None
        if type(connection) is not self.connection_type:
            self.know(type(connection))
        if got(connection, self.c_open) is not True:
            return None
        transport = got(connection, self.c_transport)
        if transport is None or (<WSTransport?>transport).is_disconnected or (<WSTransport>transport).is_close_frame_sent:
            return None
        if steady_ns < 0:
            steady_ns = self.steady_ns()
        cdef long long steady_ms = steady_ns // 1_000_000
        if self.is_doubted(connection, steady_ms):
            return None
        cdef long long venue_ms = self.venue_ms(steady_ns)
        cdef object number = got(connection, self.c_asked) + 1
        cdef char told[MOST_LETTERS + 6 * MOST + MOST_MARK + ROOM]
        cdef Py_ssize_t size = self.spell_message(kind, read, got(connection, self.c_logged_on) is True, venue_ms, number, told)
        if not size:
            return None
        cdef object message = PyBytes_FromStringAndSize(told, size)
        cdef object ticket = self.ticket(kind, venue_ms, steady_ms)
        if ticket is None:
            return None
        put(connection, self.c_asked, number)
        (<WSTransport>transport).send(WSMsgType.TEXT, message)
        if name is not None:
            left = partial(left, name)
        return ticket, connection.has_left(message, number, steady_ms, got(socket, self.s_within), left)

    cdef int know(self, type kind) except -1:
        self.c_open, self.c_logged_on = slot_of(kind, "is_open"), slot_of(kind, "is_logged_on")
        self.c_waiting, self.c_heard = slot_of(kind, "_waiting"), slot_of(kind, "_heard_ms")
        self.c_transport, self.c_asked = slot_of(kind, "_transport"), slot_of(kind, "_asked")
        self.connection_type = kind
        return 0

    cdef bint is_doubted(self, object connection, long long steady_ms) except -1:
        """As the connection's own, at that time."""
        cdef PyObject* name
        cdef PyObject* oldest
        cdef Py_ssize_t at = 0
        cdef long long since_ms, heard_ms
        if not PyDict_Next(<dict>got(connection, self.c_waiting), &at, &name, &oldest):
            return False
        since_ms, heard_ms = (<tuple>oldest)[1], got(connection, self.c_heard)
        return steady_ms - max(since_ms, heard_ms) > doubted_after_ms

    cdef long long wall_ms(self, long long steady_ns) except -1:
        """This machine's clock."""
        return (steady_ns + self.wall_ahead_ns) // 1_000_000 if self.is_system_clock else self.clock.now_ms()

    cdef long long venue_ms(self, long long steady_ns) except -1:
        """The venue's clock, as far as it was measured; this machine's until then."""
        if got(self.sync, y_set) is True:
            return steady_ns // 1_000_000 + <long long>got(self.sync, y_offset) - self.bias_ms
        return self.wall_ms(steady_ns)

    cdef object ticket(self, Kind kind, long long venue_ms, long long steady_ms):
        """As `Admission.enter_at_once`, at those times."""
        if got(self.admission, self.a_waiting) or <long long>self.in_flight[kind.is_risk] >= most_in_flight:
            return None
        cdef object ticket = ticket_now(self.throttle, kind.cost, kind.priority, venue_ms, steady_ms)
        if ticket is not None:
            self.in_flight[kind.is_risk] = self.in_flight[kind.is_risk] + 1
        return ticket

    cdef Py_ssize_t spell_message(
        self, Kind kind, Params* read, bint is_logged_on, long long venue_ms, object number, char* told
    ) except -1:
        """Writes the whole request; 0 where key or signature have letters that are not written here."""
        cdef object signature
        cdef Text mark
        cdef char time_text[MOST_NUMBER]
        cdef char letters[MOST_LETTERS + 2 * MOST]
        cdef char hex[64]
        cdef char* at = told
        self.is_odd = True
        if self.window_text is not None and not add(read, b"recvWindow", self.window_text, True):
            return 0
        if not add_number(read, b"timestamp", venue_ms, time_text):
            return 0
        if not is_logged_on:
            self.know_signer(kind)
            if not add(read, b"apiKey", self.key_text, False):
                return 0
        memcpy(at, b'{"id":', 6)
        at += 6 + digits_of(number, at + 6)
        memcpy(at, b',"method":"', 11)
        memcpy(at + 11, PyBytes_AS_STRING(kind.method), PyBytes_GET_SIZE(kind.method))
        at += 11 + PyBytes_GET_SIZE(kind.method)
        memcpy(at, b'","params":', 11)
        at += 11
        at += written(read, at)
        if not is_logged_on:
            if self.keyed is not None:
                self.keyed.write(letters, spell(read, letters), hex)
                mark.at, mark.size = hex, 64
            else:
                signature = self.signer.sign(payload(read))
                if not is_mark(signature, &mark):
                    return 0
            at -= 1
            memcpy(at, b',"signature":"', 14)
            memcpy(at + 14, mark.at, mark.size)
            at += 14 + mark.size
            at[0], at[1] = c'"', c"}"
            at += 2
        at[0] = c"}"
        self.is_odd = False
        return at + 1 - told

    cdef int know_signer(self, Kind kind) except -1:
        """Raises `UnavailableFault` where there is no key."""
        cdef object signer = self.spelling.signer
        if signer is None or signer is not self.signer:
            signer = self.spelling.key_for(kind.endpoint)
            keyed = getattr(signer, "keyed", None)
            self.keyed = keyed if isinstance(keyed, HmacKey) else None
            self.key_text, self.signer = signer.api_key.reveal(), signer
        return 0
