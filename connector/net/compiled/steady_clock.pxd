# The clock that never jumps, read without a call of Python's; below zero where the system has none by that number.

cdef extern from *:
    """
    #ifdef _WIN32
    static long long steady_read_ns(int clock) { (void)clock; return -1; }
    #else
    #include <time.h>
    static long long steady_read_ns(int clock) {
        struct timespec now;
        return clock_gettime((clockid_t)clock, &now) ? -1 : now.tv_sec * 1000000000LL + now.tv_nsec;
    }
    #endif
    """
    long long steady_read_ns(int clock) nogil
