# For a neighbour that has read the clocks itself.

cdef object ticket_now(object throttle, object cost, object priority, long long now_ms, long long steady_ms)
