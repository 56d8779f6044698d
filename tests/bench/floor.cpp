// The floor: what the work of a depth frame costs in plain C++, with nothing else around it.
//
// It does what the feed does with a wrapped depth frame of the recordings: finds the book by the stream's name, reads
// ids and levels byte by byte into integers, checks the sequence, sets absolute amounts, notices a crossed book, and
// reads both best prices. It is told what a product can't know: field order, the grid and the whole range of prices,
// so that a side is a flat array of amounts over all its ticks, and a bitmap over it finds the best.
#include <sys/mman.h>

#include <cstring>

#include "stopwatch.hpp"

namespace {

constexpr int DEEPEST = 5;  // 64^5 ticks

class Ladder {
  public:
    int64_t best = -1;

    // Memory comes zeroed and only where it is touched.
    void reserve(int64_t ticks) {
        amounts = zeroed(ticks);
        for (deep = 0; deep < DEEPEST; ++deep) {
            ticks = ticks / 64 + 1;
            bits[deep] = reinterpret_cast<uint64_t*>(zeroed(ticks));
            if (ticks == 1) break;
        }
    }

    void clear() {
        for (int64_t tick = lowest(); tick >= 0; tick = lowest()) put<1>(tick, 0);
        best = -1;
    }

    // An absolute amount at a tick, 0 takes the level away. SIGN 1: the best is the highest; -1: the lowest.
    // Whether a level was there can't be foretold, so that is no branch.
    template <int SIGN>
    inline void put(int64_t tick, int64_t amount) {
        amounts[tick] = amount;
        uint64_t& word = bits[0][tick >> 6];
        const uint64_t before = word, bit = uint64_t{1} << (tick & 63);
        word = amount ? before | bit : before & ~bit;
        if (!before != !word) tell(tick >> 6, word != 0);
        if (best >= 0 && (SIGN > 0 ? tick < best : tick > best)) return;
        if (amount) best = tick;
        else if (tick == best) best = SIGN > 0 ? below(tick) : above(tick);
    }

  private:
    int64_t* amounts = nullptr;
    uint64_t* bits[DEEPEST] = {};
    int deep = 0;

    static int64_t* zeroed(int64_t words) {
        void* place = mmap(nullptr, static_cast<size_t>(words) * 8, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (place == MAP_FAILED) __builtin_trap();
        return static_cast<int64_t*>(place);
    }

    // A word of the lowest bitmap became empty or no longer is.
    void tell(int64_t place, bool is_set) {
        for (int level = 1; level <= deep; ++level, place >>= 6) {
            uint64_t& word = bits[level][place >> 6];
            const uint64_t before = word, bit = uint64_t{1} << (place & 63);
            word = is_set ? before | bit : before & ~bit;
            if (!before == !word) return;
            is_set = word != 0;
        }
    }

    inline int64_t below(int64_t tick) const {
        for (int level = 0; level <= deep; ++level, tick >>= 6) {
            uint64_t word = bits[level][tick >> 6] & ((uint64_t{1} << (tick & 63)) - 1);
            if (word) return down(level, (tick & ~int64_t{63}) | (63 - __builtin_clzll(word)), true);
        }
        return -1;
    }

    inline int64_t above(int64_t tick) const {
        for (int level = 0; level <= deep; ++level, tick >>= 6) {
            uint64_t word = bits[level][tick >> 6] & (~uint64_t{1} << (tick & 63));
            if (word) return down(level, (tick & ~int64_t{63}) | __builtin_ctzll(word), false);
        }
        return -1;
    }

    inline int64_t down(int level, int64_t tick, bool highest) const {
        while (level-- > 0) {
            uint64_t word = bits[level][tick];
            tick = tick << 6 | (highest ? 63 - __builtin_clzll(word) : __builtin_ctzll(word));
        }
        return tick;
    }

    int64_t lowest() const {
        return bits[deep][0] ? down(deep, __builtin_ctzll(bits[deep][0]), false) : -1;
    }
};

struct Row {
    int64_t is_bid, tick, amount;
};

struct Book {
    char name[24] = {};
    int64_t length = 0, price_decimals = 0, amount_decimals = 0, snapshot_id = 0, last_id = 0;
    bool is_following = false;
    std::vector<Row> snapshot;
    Ladder bids, asks;
};

class Floor {
  public:
    int64_t applied = 0, skipped = 0, gaps = 0, crossed = 0, strange = 0;

    Floor() : places(SLOTS, -1) { books.reserve(SLOTS / 2); }

    int64_t add(const char* name, int64_t price_decimals, int64_t amount_decimals, int64_t ticks) {
        Book book;
        book.length = static_cast<int64_t>(std::strlen(name));
        if (book.length >= static_cast<int64_t>(sizeof book.name) || books.size() >= SLOTS / 2) return -1;
        std::memcpy(book.name, name, static_cast<size_t>(book.length));
        book.price_decimals = price_decimals, book.amount_decimals = amount_decimals;
        book.bids.reserve(ticks), book.asks.reserve(ticks);
        uint64_t slot = hash(name, book.length);
        while (places[slot] >= 0) slot = (slot + 1) % SLOTS;
        places[slot] = static_cast<int>(books.size());
        books.push_back(book);
        return static_cast<int64_t>(books.size()) - 1;
    }

    void load(int64_t index, int64_t last_id, const Row* rows, int64_t count) {
        Book& book = books[static_cast<size_t>(index)];
        book.snapshot_id = last_id;
        book.snapshot.assign(rows, rows + count);
    }

    // Every book as its snapshot tells it.
    void reset() {
        applied = skipped = gaps = crossed = strange = 0;
        for (Book& book : books) {
            book.bids.clear(), book.asks.clear();
            for (const Row& row : book.snapshot) {
                if (row.is_bid) book.bids.put<1>(row.tick, row.amount);
                else book.asks.put<-1>(row.tick, row.amount);
            }
            book.last_id = book.snapshot_id;
            book.is_following = false;
        }
    }

    // The book that the frame speaks of, its best prices up to date; null where the frame is none of ours.
    inline const Book* take(const char* at) {
        Book* book = named(at);
        int64_t first = 0, last = 0, previous = 0;
        if (!book || !literal(at, "\",\"data\":{\"e\":\"depthUpdate\",\"E\":") || !id(at, first) ||
            !literal(at, ",\"T\":") || !id(at, first) || !literal(at, ",\"s\":\"")) {
            ++strange;
            return nullptr;
        }
        at += book->length;
        if (!literal(at, "\",\"U\":") || !id(at, first) || !literal(at, ",\"u\":") || !id(at, last) ||
            !literal(at, ",\"pu\":") || !id(at, previous)) {
            ++strange;
            return nullptr;
        }
        if (!admits(*book, first, last, previous)) return book;
        book->last_id = last;
        book->is_following = true;
        ++applied;
        if (!literal(at, ",\"b\":[") || !levels<1>(at, *book, book->bids) || !literal(at, ",\"a\":[") ||
            !levels<-1>(at, *book, book->asks) || !literal(at, "}}"))
            ++strange;
        if (book->bids.best >= book->asks.best && book->asks.best >= 0) ++crossed;
        return book;
    }

  private:
    static constexpr uint64_t SLOTS = 2048;
    std::vector<Book> books;
    std::vector<int> places;

    static inline uint64_t hash(const char* name, int64_t length) {
        uint64_t sum = 0;
        for (int64_t i = 0; i < length; ++i) sum = (sum + static_cast<unsigned char>(name[i])) * 0x9E3779B97F4A7C15u;
        return (sum >> 40) % SLOTS;
    }

    template <size_t SIZE>
    static inline bool literal(const char*& at, const char (&text)[SIZE]) {
        bool is_same = std::memcmp(at, text, SIZE - 1) == 0;
        at += SIZE - 1;
        return is_same;
    }

    inline Book* named(const char*& at) {
        if (!literal(at, "{\"stream\":\"")) return nullptr;
        const char* name = at;
        uint64_t sum = 0;
        while (*at != '@' && *at != '"') sum = (sum + static_cast<unsigned char>(*at++)) * 0x9E3779B97F4A7C15u;
        int64_t length = at - name;
        while (*at != '"') ++at;
        for (uint64_t slot = (sum >> 40) % SLOTS; places[slot] >= 0; slot = (slot + 1) % SLOTS) {
            Book& book = books[static_cast<size_t>(places[slot])];
            if (book.length == length && std::memcmp(book.name, name, static_cast<size_t>(length)) == 0) return &book;
        }
        return nullptr;
    }

    static inline bool id(const char*& at, int64_t& value) {
        const char* start = at;
        uint64_t sum = 0;
        for (unsigned digit; (digit = static_cast<unsigned char>(*at) - '0') < 10; ++at) sum = sum * 10 + digit;
        value = static_cast<int64_t>(sum);
        return at != start && at - start < 19;
    }

    // `"61496.50"` at one decimal is 614965. The text has at least the book's decimals, or no point; what lies behind
    // them has to be 0. A character below the digits ends a loop; one above them is not looked for.
    static inline bool scaled(const char*& at, int64_t decimals, int64_t& value) {
        const char* next = at;
        int64_t sum = 0;
        if (*next++ != '"') return false;
        while (*next >= '0') sum = sum * 10 + (*next++ - '0');
        if (*next == '.') {
            ++next;
            if (decimals) do sum = sum * 10 + (*next++ - '0');
                while (--decimals);
            while (*next == '0') ++next;
        } else {
            for (; decimals; --decimals) sum *= 10;
        }
        value = sum;
        at = next + 1;
        return *next == '"';
    }

    template <int SIGN>
    static inline bool levels(const char*& at, const Book& book, Ladder& side) {
        if (*at == ']') return ++at, true;
        int64_t tick, amount;
        while (true) {
            if (*at++ != '[' || !scaled(at, book.price_decimals, tick) || *at++ != ',' ||
                !scaled(at, book.amount_decimals, amount) || *at++ != ']')
                return false;
            side.put<SIGN>(tick, amount);
            if (*at == ']') return ++at, true;
            if (*at++ != ',') return false;
        }
    }

    inline bool admits(Book& book, int64_t first, int64_t last, int64_t previous) {
        if (book.is_following) {
            if (previous == book.last_id && last > previous) return true;
        } else if (last >= book.last_id && ((first <= book.last_id) || previous == book.last_id)) {
            return true;
        }
        ++(last <= book.last_id ? skipped : gaps);
        return false;
    }
};

}  // namespace

extern "C" {

void* floor_new() { return new Floor; }

int64_t floor_add(void* floor, const char* name, int64_t price_decimals, int64_t amount_decimals, int64_t ticks) {
    return static_cast<Floor*>(floor)->add(name, price_decimals, amount_decimals, ticks);
}

void floor_load(void* floor, int64_t book, int64_t last_id, const int64_t* rows, int64_t count) {
    static_cast<Floor*>(floor)->load(book, last_id, reinterpret_cast<const Row*>(rows), count);
}

void floor_measure(void* floor, const char* frames, const int64_t* offsets, int64_t count, int64_t whole, int64_t each,
                   double* whole_ns, double* frame_ns) {
    Floor& it = *static_cast<Floor*>(floor);
    measure(frames, offsets, count, whole, each, whole_ns, frame_ns, [&] { it.reset(); },
            [&](Bytes start, int64_t) -> uint64_t {
                const Book* book = it.take(start);
                return book ? static_cast<uint64_t>(book->bids.best + book->asks.best) : 0;
            });
}

// One untimed pass: best bid and ask after each frame, in ticks; then applied, skipped, gaps, crossed, strange.
void floor_bests(void* floor, const char* frames, const int64_t* offsets, int64_t count, int64_t* bests,
                 int64_t* counters) {
    Floor& it = *static_cast<Floor*>(floor);
    it.reset();
    for (int64_t i = 0; i < count; ++i) {
        const Book* book = it.take(frames + offsets[i]);
        bests[2 * i] = book ? book->bids.best : -2;
        bests[2 * i + 1] = book ? book->asks.best : -2;
    }
    const int64_t told[] = {it.applied, it.skipped, it.gaps, it.crossed, it.strange};
    std::memcpy(counters, told, sizeof told);
}
}
