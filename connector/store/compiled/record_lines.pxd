# A record's line, for a neighbour that has memory of its own for it.

cdef enum:
    # Of a payload and its end; of all lines that are put together at once.
    ROOM = 1024
    MOST_TOGETHER = 4096
    HEAD = 16

# How long the line is; 0 for a record that the plain writer has to write. It takes HEAD + ROOM at most.
cdef Py_ssize_t line_into(object record, char* letters) except -1
