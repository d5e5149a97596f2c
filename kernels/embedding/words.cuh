// dWords[w] += sum of dy over the tokens of word w, from the order that group() made.
//
// A word can have one token or half of the batch, so the work is divided by tokens: a warp adds 32 neighbours of the order.
// Words that lie within them are complete. A word that goes beyond gets partial sums: the piece at the beginning of a part
// (head) and that at its end (tail); combine_words() adds the pieces in order.
#pragma once

#include "../common/quads.cuh"
#include "add_rows.cuh"
#include "forward.cuh"
#include "group.cuh"
#include "joined.cuh"

constexpr int PART = 32;
constexpr int ROWS_AHEAD = 8;

// Whether place `at` of the order (not the first) continues the word before it.
__device__ __forceinline__ bool continues(const Grouped* order, long long at) {
    return at > 0 && order[at - 1].end > at;
}

struct WordOperands {
    const Grouped* order;
    Joined<int> ids;
    int count;
    int vocabulary;
    int width;
    float* d_words;
    // [parts, 2, width]: head and tail
    float* pieces;
};

// Block `block` along x, of which each warp takes a part.
template <class T>
__device__ __forceinline__ void add_words(const WordOperands& o, const Joined<T>& dy, int block) {
    int part = block * EMBEDDING_WARPS + threadIdx.x / 32;
    int first = part * PART;
    if (first >= o.count) {
        return;
    }
    int n = min(PART, o.count - first);
    int lane = threadIdx.x & 31;
    int column = tile_column();
    int columns = o.width - column;
    bool whole_dy = o.width % 4 == 0 && is_quad(dy.first) && is_quad(dy.second);
    bool whole = o.width % 4 == 0 && is_quad(o.d_words);
    Grouped mine = lane < n ? o.order[first + lane] : Grouped{0, 0};
    int id = lane < n ? o.ids[mine.token] : 0;
    // a word that began before this part has its piece here in the head
    int head_end = continues(o.order, first) ? __shfl_sync(0xFFFFFFFFu, mine.end, 0) : 0;
    float* head = o.pieces + 2ll * part * o.width + column;
    float* tail = head + o.width;
    float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    for (int base = 0; base < n; base += ROWS_AHEAD) {
        float4 rows[ROWS_AHEAD];
        float4 targets[ROWS_AHEAD];
#pragma unroll
        for (int a = 0; a < ROWS_AHEAD; a++) {
            int i = base + a;
            long long token = __shfl_sync(0xFFFFFFFFu, mine.token, i);
            long long word = __shfl_sync(0xFFFFFFFFu, id, i);
            int end = __shfl_sync(0xFFFFFFFFu, mine.end, i);
            bool complete = i < n && end == first + i + 1 && end != head_end &&
                            static_cast<unsigned>(word) < static_cast<unsigned>(o.vocabulary);
            rows[a] = load_quad(dy.row(token, o.width) + column, i < n ? columns : 0, whole_dy);
            targets[a] = load_quad(o.d_words + word * o.width + column, complete ? columns : 0, whole);
        }
#pragma unroll
        for (int a = 0; a < ROWS_AHEAD; a++) {
            int i = base + a;
            long long word = __shfl_sync(0xFFFFFFFFu, id, i);
            int end = __shfl_sync(0xFFFFFFFFu, mine.end, i);
            if (i < n) {
                sum = sum + rows[a];
                bool ends = end == first + i + 1;
                if (ends || i == n - 1) {
                    if (end == head_end) {
                        store_quad(head, columns, o.width % 4 == 0, sum);
                    } else if (!ends) {
                        store_quad(tail, columns, o.width % 4 == 0, sum);
                    } else if (static_cast<unsigned>(word) < static_cast<unsigned>(o.vocabulary)) {
                        store_quad(o.d_words + word * o.width + column, columns, whole, targets[a] + sum);
                    }
                    sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
                }
            }
        }
    }
}

// One block for each part: where a word begins in it and goes on, the block adds the word's pieces.
__device__ __forceinline__ void combine_words(const WordOperands& o, int part) {
    int first = part * PART;
    int last = first + PART - 1;
    if (last >= o.count || !continues(o.order, last + 1)) {
        return;
    }
    Grouped entry = o.order[last];
    if (continues(o.order, first) && o.order[first].end == entry.end) {
        // the word began in an earlier part
        return;
    }
    int word = o.ids[entry.token];
    if (static_cast<unsigned>(word) >= static_cast<unsigned>(o.vocabulary)) {
        return;
    }
    int pieces = (entry.end - 1) / PART - part + 1;
    float* target = o.d_words + static_cast<long long>(word) * o.width;
    add_rows(pieces, o.width, target, [&o, part](int i) {
        // the tail of this part, then the heads of the next ones
        return o.pieces + (i == 0 ? 2ll * part + 1 : 2ll * (part + i)) * o.width;
    });
}
