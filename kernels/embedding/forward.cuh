// y[i] = words[ids[i]] + types[tokenTypes[i]] + positions[i % length].
//
// A warp takes one position of several sequences, so it reads the position's row once and the row of a token type once where
// the type stays the same; and it has the words' rows of all its tokens under way at a time.
#pragma once

#include "../common/quads.cuh"

constexpr int EMBEDDING_THREADS = 256;
constexpr int EMBEDDING_WARPS = EMBEDDING_THREADS / 32;
// tokens of one warp
constexpr int EMBEDDING_TOKENS = 8;

struct Tables {
    const float* words;
    const float* positions;
    const float* types;
    int vocabulary;
    int type_count;
};

// Columns of this thread: four from here on, in tiles of 128 along y.
__device__ __forceinline__ int tile_column() { return (blockIdx.y * 32 + (threadIdx.x & 31)) * 4; }

// Warps of the grid along x count through the positions, then through groups of EMBEDDING_TOKENS sequences.
template <class T>
__device__ __forceinline__ void forward(
    const int* ids, const int* token_types, const Tables& tables, T* y, int tokens, int length, int width) {
    int warp = blockIdx.x * EMBEDDING_WARPS + threadIdx.x / 32;
    int position = warp % length;
    long long first = static_cast<long long>(warp / length) * EMBEDDING_TOKENS * length + position;
    int lane = threadIdx.x & 31;
    int column = tile_column();
    int count = width - column;
    bool whole = width % 4 == 0 && is_quad(tables.words) && is_quad(tables.positions) && is_quad(tables.types) && is_quad(y);
    // lane s reads what belongs to the warp's token s
    long long mine = first + static_cast<long long>(lane) * length;
    bool there = lane < EMBEDDING_TOKENS && mine < tokens;
    int id = there ? ids[mine] : 0;
    int type = there ? token_types[mine] : 0;
    float4 v[EMBEDDING_TOKENS];
#pragma unroll
    for (int s = 0; s < EMBEDDING_TOKENS; s++) {
        int word = __shfl_sync(0xFFFFFFFFu, id, s);
        bool exists = first + static_cast<long long>(s) * length < tokens;
        if (static_cast<unsigned>(word) < static_cast<unsigned>(tables.vocabulary)) {
            v[s] = load_quad(tables.words + static_cast<long long>(word) * width + column, exists ? count : 0, whole);
        } else {
            v[s] = make_float4(NAN, NAN, NAN, NAN);
        }
    }
    float4 p = load_quad(tables.positions + static_cast<long long>(position) * width + column, first < tokens ? count : 0, whole);
    float4 t = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    int held = -1;
#pragma unroll
    for (int s = 0; s < EMBEDDING_TOKENS; s++) {
        int wanted = __shfl_sync(0xFFFFFFFFu, type, s);
        long long token = first + static_cast<long long>(s) * length;
        if (token >= tokens) {
            break;
        }
        if (wanted != held) {
            held = wanted;
            if (static_cast<unsigned>(wanted) < static_cast<unsigned>(tables.type_count)) {
                t = load_quad(tables.types + static_cast<long long>(wanted) * width + column, count, whole);
            } else {
                t = make_float4(NAN, NAN, NAN, NAN);
            }
        }
        store_quad(y + token * width + column, count, whole, v[s] + t + p);
    }
}
