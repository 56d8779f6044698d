"""The border between a socket's listener and a compiled sink: rooms of one floor never import each other."""


cdef class FrameTaker:
    """Takes frames where they lie in a socket's buffer. The bytes are the caller's and are not kept."""

    cdef int take(self, const char* start, Py_ssize_t size, long long received_ms) except -1:
        """Reads one whole text message; 1 where it brought something that is followed."""
        raise NotImplementedError
