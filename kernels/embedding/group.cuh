// Groups tokens by their word: order[] lists all tokens, those of a word side by side and in the order of the text. So the
// gradient of a table is a sum over neighbours, with no atomics and nothing that depends on timing.
//
// Words are dealt into buckets by their low bits, which spreads frequent words, whose numbers are often neighbours. A block
// owns a bucket. It reads all ids twice: first it counts, for each of its warps and words, the tokens in that warp's part of
// the text, and how many tokens belong to buckets before its own; the sums of these counts are the places at which it writes
// in the second reading. Tokens of one word within 32 neighbours find their ranks by voting. One launch, and no memory but the
// result's: reading a few ten thousand ids once for every bucket costs less than the passes of a general sort.
#pragma once

#include "../common/reduce.cuh"
#include "joined.cuh"

constexpr int GROUP_THREADS = 1024;
constexpr int GROUP_WARPS = GROUP_THREADS / 32;
constexpr int SLOT_BITS = 7;
// words of one bucket
constexpr int SLOTS = 1 << SLOT_BITS;
// ids that a lane reads before it uses the first
constexpr int AHEAD = 4;

struct Grouped {
    int token;
    // one past the last place of the token's word in order[]
    int end;
};

// The lanes among `active` that have the same slot as this lane.
__device__ __forceinline__ unsigned peers(unsigned active, int slot) {
    unsigned result = active;
#pragma unroll
    for (int bit = 0; bit < SLOT_BITS; bit++) {
        unsigned ones = __ballot_sync(0xFFFFFFFFu, slot >> bit & 1);
        result &= slot >> bit & 1 ? ones : ~ones;
    }
    return result;
}

// Calls each(token, slot, peers) with whole warps, for the tokens of this warp's part of the text that are in the bucket
// (peers 0: this lane's token is not); returns how many of this lane's are in smaller buckets. Ids outside the table count as
// the word behind the last one.
template <class F>
__device__ __forceinline__ int for_bucket(const Joined<int>& ids, int count, int vocabulary, int bits, F each) {
    int lane = threadIdx.x & 31;
    unsigned bucket = blockIdx.x;
    unsigned low = (1u << bits) - 1;
    int lines = (count + 31) / 32;
    int part = (lines + GROUP_WARPS - 1) / GROUP_WARPS;
    int first = static_cast<int>(threadIdx.x / 32) * part;
    int last = min(first + part, lines);
    int smaller = 0;
    for (int line = first; line < last; line += AHEAD) {
        unsigned word[AHEAD];
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            int token = (line + a) * 32 + lane;
            word[a] = 0xFFFFFFFFu;
            if (line + a < last && token < count) {
                word[a] = min(static_cast<unsigned>(ids[token]), static_cast<unsigned>(vocabulary));
            }
        }
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            bool there = word[a] != 0xFFFFFFFFu;
            bool match = there && (word[a] & low) == bucket;
            smaller += there && (word[a] & low) < bucket;
            unsigned active = __ballot_sync(0xFFFFFFFFu, match);
            if (active != 0) {
                int slot = match ? static_cast<int>(word[a] >> bits) : 0;
                unsigned same = peers(active, slot);
                each((line + a) * 32 + lane, slot, match ? same : 0u);
                __syncwarp();
            }
        }
    }
    return smaller;
}

// One block of GROUP_THREADS threads for each of 1 << bits buckets; vocabulary >> bits < SLOTS. order: [count].
__device__ __forceinline__ void group(const Joined<int>& ids, int count, int vocabulary, int bits, Grouped* order) {
    __shared__ int places[GROUP_WARPS][SLOTS];
    __shared__ int ends[SLOTS];
    __shared__ int sums[32];
    int lane = threadIdx.x & 31;
    int warp = threadIdx.x / 32;
    for (int i = threadIdx.x; i < GROUP_WARPS * SLOTS; i += GROUP_THREADS) {
        places[i / SLOTS][i % SLOTS] = 0;
    }
    __syncthreads();
    int* mine = places[warp];
    int smaller = for_bucket(ids, count, vocabulary, bits, [mine, lane](int, int slot, unsigned same) {
        if (same != 0 && __ffs(same) - 1 == lane) {
            mine[slot] += __popc(same);
        }
    });
    // waits for all threads, so the counts are complete
    int start = block_sum(smaller, sums);
    int tokens = 0;
    if (threadIdx.x < SLOTS) {
        for (int w = 0; w < GROUP_WARPS; w++) {
            int n = places[w][threadIdx.x];
            places[w][threadIdx.x] = tokens;
            tokens += n;
        }
    }
    int through = tokens;
#pragma unroll
    for (int step = 1; step < 32; step *= 2) {
        int before = __shfl_up_sync(0xFFFFFFFFu, through, step);
        through += lane >= step ? before : 0;
    }
    __syncthreads();
    if (lane == 31) {
        sums[warp] = through;
    }
    __syncthreads();
    if (threadIdx.x < SLOTS) {
        int end = start + through;
        for (int w = 0; w < warp; w++) {
            end += sums[w];
        }
        ends[threadIdx.x] = end;
        for (int w = 0; w < GROUP_WARPS; w++) {
            places[w][threadIdx.x] += end - tokens;
        }
    }
    __syncthreads();
    const int* last = ends;
    for_bucket(ids, count, vocabulary, bits, [mine, last, lane, order](int token, int slot, unsigned same) {
        int place = same != 0 ? mine[slot] : 0;
        __syncwarp();
        if (same != 0) {
            order[place + __popc(same & ((1u << lane) - 1))] = {token, last[slot]};
            if (__ffs(same) - 1 == lane) {
                mine[slot] = place + __popc(same);
            }
        }
    });
}
