"""The compiled end of a log; `plain/log_tail.py` specifies it. A line goes from its record to the system in one call.

The interpreter is not given away for a write: to have it back costs as much as the write, and whoever appends waits for
the disk in any case.
"""

from libc.errno cimport EINTR, errno

from connector.core.compiled.record_taker cimport RecordTaker
from connector.core.compiled.row_form cimport got, slot_of
from connector.store.compiled.record_lines cimport HEAD, MOST_TOGETHER, ROOM, line_into

import os

from connector.core.journal import Telling, Told
from connector.store.compiled.record_lines import lines_of
from connector.store.durability import Durability

cdef extern from *:
    """
    #ifdef _WIN32
    #include <io.h>
    #define write_to(file, at, size) ((Py_ssize_t)_write((file), (at), (unsigned)(size)))
    #else
    #include <unistd.h>
    #define write_to(file, at, size) ((Py_ssize_t)write((file), (at), (size_t)(size)))
    #endif
    """
    Py_ssize_t write_to(int file, const char* at, Py_ssize_t size) nogil

cdef object telling = Telling, told = Told
#: Who puts another in the place of the system's write, as one that tries out a full disk does, is heard here, too.
cdef dict names = os.__dict__
cdef object system_write = os.write


cdef Py_ssize_t written_to(int file, const char* at, Py_ssize_t size) except -1:
    """As `os.write`; raises OSError as that does."""
    cdef Py_ssize_t done
    if names["write"] is not system_write:
        return os.write(file, at[:size])
    done = write_to(file, at, size)
    while done < 0 and errno == EINTR:
        done = write_to(file, at, size)
    if done < 0:
        raise OSError(errno, os.strerror(errno))
    return done


cdef class LogTail(RecordTaker):
    cdef public int _file
    cdef public long long _size, _tellings, _segment_bytes
    cdef public object _backlog
    cdef public str _failed, _sync_failed
    cdef public object _syncing
    cdef public bint _is_each
    # Where the syncing keeps whether it will look at what is written now.
    cdef Py_ssize_t s_due

    def __init__(self):
        self._file, self._size, self._tellings, self._segment_bytes, self._is_each = -1, 0, 0, 0, False
        self._backlog, self._failed, self._sync_failed, self._syncing = bytearray(), "", "", None

    def _follow(self, syncing not None, durability not None, segment_bytes):
        self._syncing, self._is_each, self._segment_bytes = syncing, durability is Durability.EACH, segment_bytes
        self.s_due = slot_of(type(syncing), "is_due")

    def append(self, *records):
        self.put_together(records)

    cdef bint is_held(self) except -1:
        return bool(len(<bytearray>self._backlog) or self._failed or self._sync_failed)

    cdef bint is_bare(self) except -1:
        return type(self).append is LogTail.append

    cdef int take_all(self, list records) except -1:
        return self.put_together(records)

    cdef int take(self, object record) except -1:
        cdef char letters[HEAD + ROOM]
        cdef Py_ssize_t size
        if len(<bytearray>self._backlog) or self._sync_failed:
            self._hold(lines_of((record,)))
            return 0
        size = line_into(record, letters)
        if size:
            self.put(letters, size)
        else:
            self.put_bytes(lines_of((record,)))
        return self.end(type(record))

    cdef int put_together(self, object records) except -1:
        cdef char letters[MOST_TOGETHER]
        cdef Py_ssize_t written = 0, size
        if len(<bytearray>self._backlog) or self._sync_failed:
            self._hold(lines_of(records))
            return 0
        for record in records:
            size = line_into(record, letters + written) if written <= MOST_TOGETHER - HEAD - ROOM else 0
            if not size:
                # One that is odd, or more than has room here.
                written = 0
                break
            written += size
        if written:
            self.put(letters, written)
        else:
            self.put_bytes(lines_of(records))
        return self.end(type(records[0]))

    cdef int put_bytes(self, bytes data) except -1:
        return self.put(data, len(data))

    cdef int put(self, const char* at, Py_ssize_t size) except -1:
        """Writes lines, or keeps them and the reason."""
        cdef Py_ssize_t done
        try:
            done = written_to(self._file, at, size)
        except OSError as error:
            self._backlog += at[:size]
            self._note_failure(error)
            return 0
        if done == size:
            self._size += done
            return 0
        self._size += done
        self._write(at[done:size])
        return 0

    cdef int end(self, type first) except -1:
        """What follows from a write that began with such a record."""
        if <object>first is telling:
            self._tellings += 1
        elif <object>first is told:
            self._tellings -= 1
        # That something was told may be synced with the next one, where each sync costs.
        if got(self._syncing, self.s_due) is not True and not (self._is_each and <object>first is told):
            self._syncing.written()
        # In the middle of a telling what lives is already changed, and not yet told.
        if self._size > self._segment_bytes and not self._tellings and not self._failed:
            self.begin_segment()
        return 0
