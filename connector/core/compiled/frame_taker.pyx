"""The border between a socket's listener and a compiled sink: rooms of one floor never import each other."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer


cdef class FrameTaker:
    """Takes frames where they lie in a socket's buffer. The bytes are the caller's and are not kept."""

    cdef int take(self, const char* start, Py_ssize_t size, long long received_ms) except -1:
        """Reads one whole text message; 1 where it brought something that is followed."""
        raise NotImplementedError

    def on_buffer(self, buffer, long long received_ms):
        """`take` of any object that lends its bytes; nothing beyond them is read."""
        cdef Py_buffer view
        PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE)
        try:
            return bool(self.take(<const char*>view.buf, view.len, received_ms))
        finally:
            PyBuffer_Release(&view)
