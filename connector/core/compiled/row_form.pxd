# Data classes with slots, made and read at the places in memory where their fields lie: at a tenth of what a call of the
# class costs. Who makes one by its form fills every field that has no default; who reads one has looked at its type.

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF

cdef enum:
    MOST_FIELDS = 48


cdef class RowForm:
    cdef type kind
    cdef Py_ssize_t count
    # Small, and what is read of each row lies together: an idle processor's caches are empty.
    cdef unsigned short places[MOST_FIELDS]
    cdef Py_ssize_t defaults
    cdef unsigned short default_places[MOST_FIELDS]
    # Owned by the class.
    cdef PyObject* default_values[MOST_FIELDS]
    cdef dict by_name

    cdef Py_ssize_t place(self, str name) except -1
    cdef object fresh(self)


cdef class RowCopy:
    cdef Py_ssize_t count
    cdef unsigned short sources[MOST_FIELDS]
    cdef unsigned short places[MOST_FIELDS]

    cdef void into(self, object row, object source) noexcept


cdef Py_ssize_t slot_of(type kind, str name) except -1


cdef inline void put(object row, Py_ssize_t place, object value) noexcept:
    cdef PyObject** slot = <PyObject**>(<char*><PyObject*>row + place)
    cdef PyObject* before = slot[0]
    Py_INCREF(value)
    slot[0] = <PyObject*>value
    Py_XDECREF(before)


cdef inline void put_first(object row, Py_ssize_t place, object value) noexcept:
    Py_INCREF(value)
    (<PyObject**>(<char*><PyObject*>row + place))[0] = <PyObject*>value


cdef inline object got(object row, Py_ssize_t place):
    return <object>(<PyObject**>(<char*><PyObject*>row + place))[0]
