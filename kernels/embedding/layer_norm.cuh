// sum = words[ids[i]] + types[tokenTypes[i]] + positions[i % length], y = dropout(LayerNorm(sum)): the sum as forward.cuh adds it, then
// as layer_norm/forward.cuh goes on, with a row over the lanes as there.
//
// A row's lanes take one position of several sequences, so that they read the position's row once and that of a token type where it
// changes, and have the words of all their tokens under way at a time.
#pragma once

#include "../layer_norm/forward.cuh"
#include "forward.cuh"

// tokens of the lanes of a row: more would leave warps too few to hide the waiting
constexpr int NORMALIZED_TOKENS = 4;

// A lane of a bf16 row has 8 columns, two quads of a table of floats, of which its neighbour would touch the other half of each sector.
// So two neighbours read the quads of 16 columns in turns, side by side, and settle_quads() gives each its own.

// This lane's quads of a row of a table, 16-byte aligned; NaN where the table has no such row.
template <int SIZE>
__device__ __forceinline__ void load_table_row(const float* table, int rows, int row, int width, int column, float (&x)[SIZE]) {
    bool exists = static_cast<unsigned>(row) < static_cast<unsigned>(rows);
#pragma unroll
    for (int j = 0; j < SIZE; j += 4) {
        float4 v = make_float4(NAN, NAN, NAN, NAN);
        if (exists) {
            int at = SIZE == 4 ? column : (column & ~15) + (column & 8) / 2 + 2 * j;
            v = load_quad(table + static_cast<long long>(row) * width + at);
        }
        x[j] = v.x;
        x[j + 1] = v.y;
        x[j + 2] = v.z;
        x[j + 3] = v.w;
    }
}

// Exchanges quads so that each lane has those of its own columns. Whole warps.
template <int SIZE>
__device__ __forceinline__ void settle_quads(float (&x)[SIZE]) {
    if constexpr (SIZE == 8) {
        bool odd = (threadIdx.x & 1) != 0;
#pragma unroll
        for (int j = 0; j < 4; j++) {
            float other = __shfl_xor_sync(0xFFFFFFFFu, odd ? x[j] : x[4 + j], 1);
            x[j] = odd ? other : x[j];
            x[4 + j] = odd ? x[4 + j] : other;
        }
    }
}

// The first token of the lanes of a row, of which the others follow `length` apart. Rows of lanes count through the positions, then
// through groups of NORMALIZED_TOKENS sequences.
__device__ __forceinline__ long long first_token(int place, int length) {
    return static_cast<long long>(place / length) * NORMALIZED_TOKENS * length + place % length;
}

// Blocks of THREADS threads; tables, sum and y 16-byte aligned. o.rows: tokens. Calls each(s, values of this lane's columns of y) with
// whole warps, for each token s of its row of lanes, also past the last one.
template <class T, int WIDTH, int THREADS, class F>
__device__ __forceinline__ void embed_and_normalize(
    const int* ids, const int* token_types, const Tables& tables, int length, const Dropout& dropout,
    const ForwardOptions& o, T* sum, T* y, F each) {
    using R = Row<T, WIDTH>;
    static_assert(R::PACKS == 1, "a lane has one pack of a row");
    __shared__ alignas(16) float gamma[WIDTH];
    __shared__ alignas(16) float beta[WIDTH];
    stage<R>(o.gamma, WIDTH, gamma);
    stage<R>(o.beta, WIDTH, beta);
    __syncthreads();
    int place = blockIdx.x * (THREADS / R::LANES) + threadIdx.x / R::LANES;
    int position = place % length;
    long long first = first_token(place, length);
    int column = R::column(0);
    float words[NORMALIZED_TOKENS][R::SIZE];
    int types[NORMALIZED_TOKENS];
#pragma unroll
    for (int s = 0; s < NORMALIZED_TOKENS; s++) {
        long long token = first + static_cast<long long>(s) * length;
        bool inside = token < o.rows;
        types[s] = inside ? token_types[token] : s == 0 ? 0 : types[s - 1];
        load_table_row(tables.words, tables.vocabulary, inside ? ids[token] : -1, WIDTH, column, words[s]);
    }
    float at[R::SIZE];
    load_table_row(tables.positions, length, position, WIDTH, column, at);
    float type[R::SIZE];
#pragma unroll
    for (int s = 0; s < NORMALIZED_TOKENS; s++) {
        // all lanes take part in the sums, also those past the last token
        const long long token[1] = {first + static_cast<long long>(s) * length};
        const bool inside[1] = {token[0] < o.rows};
        if (s == 0 || types[s] != types[s - 1]) {
            load_table_row(tables.types, tables.type_count, types[s], WIDTH, column, type);
        }
        float v[1][1][R::SIZE];
        float(&x)[R::SIZE] = v[0][0];
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            x[j] = words[s][j] + type[j] + at[j];
        }
        settle_quads(x);
        round_all<T>(x);
        store_pack_if(inside[0], sum + token[0] * WIDTH + column, x);
        const float none[R::SIZE] = {};
        float total[1] = {add_residual<T>(x, none, 0.0f)};
        normalize_rows<R, true>(v, total, token, inside, o, gamma, beta, dropout, y);
        each(s, x);
    }
}
