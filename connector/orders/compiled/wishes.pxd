# What is asked of an open order, for whoever sends it.

cdef bint is_steady(object order) except -1
cdef object wish_change(object order, object price, object amount, object now_ms)
cdef object wish_cancel(object order, object now_ms)
cdef object standing_record(object order)
