"""Whether anything that opens may leave now, by the places where gates, tasks and the journal keep it: what they would
answer when asked, without the asking."""

from cython cimport final

from connector.core.compiled.record_taker cimport RecordTaker
from connector.core.compiled.row_form cimport got, slot_of
from connector.orders.compiled.order_record cimport blank_record, intended_again, intended_record


@final
cdef class Permit:
    """Of one connector."""

    def __init__(self, parts not None):
        self.gates, self.g_ready = parts.gates, slot_of(type(parts.gates), "ready")
        self.tasks, self.t_group = parts.tasks, slot_of(type(parts.tasks), "_group")
        self.holders, self.pauses = parts.openings._holders, parts.refusals.pauses
        self.journal, self.is_kept = parts.journaling.journal, parts.journaling.is_kept
        self.append = self.journal.append
        log = getattr(self.journal, "log", None)
        # A journal that does more than its file's append is asked itself.
        if isinstance(log, RecordTaker) and (<RecordTaker>log).is_bare() and self.append == log.append:
            self.taker, self.record = log, blank_record()

    cdef bint may_go(self) except -1:
        """False where gates are shut, or nothing runs, or orders are paused, or can't be written down."""
        if got(self.gates, self.g_ready) is not True or self.holders or self.pauses:
            return False
        return self.is_running() and not self.is_troubled()

    cdef bint is_running(self) except -1:
        """Whether works can be carried."""
        return got(self.tasks, self.t_group) is not None

    cdef bint is_troubled(self) except -1:
        """Whether the journal is not written."""
        if not self.is_kept:
            return False
        if self.taker is not None and not self.taker.is_held():
            return False
        return bool(self.journal.trouble)

    cdef int write(self, object record) except -1:
        """Hands one record to the journal."""
        if self.taker is not None:
            return self.taker.take(record)
        self.append(record)
        return 0

    cdef int write_intended(self, object order) except -1:
        """Writes down an order that is about to leave."""
        if self.taker is None:
            return self.write(intended_record(order))
        intended_again(self.record, order)
        return self.taker.take(self.record)
