# How bytes that nobody else keeps go straight to where they are read: no Python object for a frame.


cdef class FrameTaker:
    cdef int take(self, const char* start, Py_ssize_t size, long long received_ms) except -1
