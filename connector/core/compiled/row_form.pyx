"""How the rows of a data class with slots lie in memory."""

from dataclasses import MISSING, fields

cdef extern from *:
    """
    #include <structmember.h>
    static Py_ssize_t place_of_slot(PyObject *descriptor) {
        PyMemberDef *member;
        if (!PyObject_TypeCheck(descriptor, &PyMemberDescr_Type)) return -1;
        member = ((PyMemberDescrObject *)descriptor)->d_member;
        return member->type == T_OBJECT_EX ? member->offset : -1;
    }
    """
    Py_ssize_t place_of_slot(object descriptor)

cdef extern from "Python.h":
    object PyType_GenericAlloc(type kind, Py_ssize_t items)


cdef Py_ssize_t slot_of(type kind, str name) except -1:
    """Where one slot of a class lies, whatever class it is. Raises TypeError for what is none."""
    cdef Py_ssize_t place = place_of_slot(getattr(kind, name, None))
    if place <= 0:
        raise TypeError(f"{kind.__name__}.{name} is no slot")
    return place


cdef class RowForm:
    """The places and defaults of a class's fields. Raises TypeError for one whose fields are not all slots."""

    def __init__(self, type kind not None):
        cdef Py_ssize_t place
        rows = fields(kind)
        if len(rows) > MOST_FIELDS:
            raise TypeError(f"{kind.__name__} has more than {MOST_FIELDS} fields")
        self.kind, self.count, self.by_name, self.defaults = kind, len(rows), {}, 0
        for number, row in enumerate(rows):
            place = place_of_slot(getattr(kind, row.name, None))
            if place <= 0:
                raise TypeError(f"{kind.__name__}.{row.name} is no slot")
            self.by_name[row.name] = self.places[number] = <unsigned short>place
            if row.default is not MISSING:
                self.default_places[self.defaults] = <unsigned short>place
                self.default_values[self.defaults] = <PyObject*>row.default
                self.defaults += 1

    cdef Py_ssize_t place(self, str name) except -1:
        return self.by_name[name]

    cdef object fresh(self):
        """A row with its defaults."""
        cdef object row = PyType_GenericAlloc(self.kind, 0)
        cdef Py_ssize_t number
        for number in range(self.defaults):
            put_first(row, self.default_places[number], <object>self.default_values[number])
        return row


cdef class RowCopy:
    """What rows of one form take over from those of another: by their own names and by the source's, where they differ."""

    def __init__(self, RowForm made not None, RowForm source not None, *same, **named):
        cdef str name, other
        self.count = 0
        for name, other in [*[(name, name) for name in same], *named.items()]:
            self.places[self.count] = <unsigned short>made.place(name)
            self.sources[self.count] = <unsigned short>source.place(other)
            self.count += 1

    cdef void into(self, object row, object source) noexcept:
        cdef Py_ssize_t number
        for number in range(self.count):
            put(row, self.places[number], got(source, self.sources[number]))
