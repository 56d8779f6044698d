# An order that is about to leave, for whoever sends it.

cdef object minted(object ids, bint is_buy, object now_ms)
cdef object new_order(object intent, str name, object rule, object leverage, object now_ms)
cdef object intended_record(object order)
cdef object blank_record()
cdef void intended_again(object record, object order) noexcept
