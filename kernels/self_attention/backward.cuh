// The backward pass of the sublayer, from the gradient of its output product to that of its input and, where a LayerNorm lies before
// it, through that: every value is rounded where the operations one after the other write it to memory, and every sum of values has
// their order, so that the bits are theirs. Column sums for the parameters of the LayerNorm are a block's partial sums.
#pragma once

#include "attention/backward_keys_bf16.cuh"
#include "layer_norm/backward.cuh"
#include "self_attention/block.cuh"

struct SelfAttentionBackward {
    const bf16* d_product;
    const bf16* output_weight;
    const bf16* qkv;
    const int* mask;
    const bf16* context;
    const float* log_sum_exp;
    const bf16* weight;
    bf16* d_qkv;
};

// A warp's 16 rows of 64, rounded, as A fragments of 16 columns each.
struct Fragments {
    unsigned step[4][1][4];

    __device__ __forceinline__ Fragments(const float (&c)[1][8][4], float factor) {
#pragma unroll
        for (int k = 0; k < 4; k++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const float* x = c[0][2 * k + (i >> 1)] + 2 * (i & 1);
                step[k][0][i] = pair_of(x[0] * factor, x[1] * factor);
            }
        }
    }

    // c += these times 64 rows of `b` from row on.
    __device__ __forceinline__ void multiply(float (&c)[1][8][4], Rows b, int row) const {
#pragma unroll
        for (int k = 0; k < 4; k++) {
            multiply_columns(c, step[k], b, row + 16 * k);
        }
    }
};

// The gradient of the context, in place of that of the product, and what add_chunk needs of the warp's queries.
__device__ __forceinline__ void context_gradient(
    Rows gradient, Rows output_weight, const bf16* context, const float* log_sum_exp, int length, float2* statistics) {
    int first = own_row();
    float c[1][8][4];
    clear(c);
#pragma unroll
    for (int step = 0; step < 4; step++) {
        unsigned a[1][4];
        gradient.rows(a[0], first, step);
        multiply_columns(c, a, output_weight, 16 * step);
    }
    __syncwarp();
    store_rounded(gradient, c);
    __syncwarp();
#pragma unroll 1
    for (int turn = 0; turn < 16; turn += NormRow::ROWS) {
        int row = first + turn + NormRow::row();
        bool inside = row < length;
        float x[8];
        float y[8];
        load_if(inside, context + row * 64 + NormRow::column(0), x);
        unpack(gradient.pack(row, NormRow::column(0) / 8), y);
        float sum = 0;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            sum += x[j] * y[j];
        }
        sum = warp_sum<NormRow::LANES>(sum);
        if (NormRow::column(0) == 0) {
            statistics[row] = inside ? make_float2(log_sum_exp[row] * LOG2_E, sum) : make_float2(0, 0);
        }
    }
}

// The LayerNorm's backward pass of the warp's rows of its result's gradient.
__device__ __forceinline__ void normalization_gradient(
    Rows gradient, long long first, int length, const BackwardOperands<bf16>& o, const float* gamma, const Dropout& dropout,
    float (&d_gamma)[1][8], float (&d_beta)[1][8]) {
#pragma unroll 1
    for (int turn = 0; turn < 16; turn += NormRow::ROWS) {
        // rows past the last one are zeros, which add nothing to the column sums
        int row = own_row() + turn + NormRow::row();
        bool inside = row < length;
        float g[1][8] = {};
        float h[1][8];
        if (inside) {
            unpack(gradient.pack(row, NormRow::column(0) / 8), g[0]);
        }
        load_if(inside, o.sum + (first + row) * 64 + NormRow::column(0), h[0]);
        float mean = inside ? o.stats[2 * (first + row)] : 0.0f;
        float rstd = inside ? o.stats[2 * (first + row) + 1] : 0.0f;
        backward_row<NormRow>(g, h, mean, rstd, first + row, inside, gamma, o, dropout, d_gamma, d_beta);
    }
}

// o.dy: what is added to the gradient of the input, may be null, and may be o.dx or o.d_residual. Without NORM the gradient of the input
// goes to o.dx, and only these two are used. partials: [blocks, 2, 64].
template <bool NORM>
__device__ __forceinline__ void self_attention_backward(
    const SelfAttentionBackward& s, const BackwardOperands<bf16>& o, int length, float scale,
    const ProbabilityDropout& probabilities, const ValueDropout& dropout, float* partials) {
    extern __shared__ uint4 shared[];
    Shape shape{length, 1, 64, true};
    long long first = static_cast<long long>(blockIdx.x) * length;
    SharedTiles tiles{shared_address(shared)};
    // gradient of the product, then of the context; with the queries behind it, then the weight
    Rows gradient = tiles.take(SEQUENCE);
    Rows queries = tiles.take(SEQUENCE);
    Rows weight = gradient;
    Rows keys = tiles.take(SEQUENCE);
    // a warp's own, then results of the warp
    Rows values = tiles.take(SEQUENCE);
    // the output's weight, then the gradient of the scores, keys as rows
    Rows output_weight = tiles.take(2 * SEQUENCE);
    Tile<SEQUENCE> scores{output_weight.base};
    float2* statistics = reinterpret_cast<float2*>(reinterpret_cast<char*>(shared) + (tiles.next - gradient.base));
    float* gamma = reinterpret_cast<float*>(statistics + SEQUENCE);
    float* sums = gamma + 64;
    unsigned* words = reinterpret_cast<unsigned*>(sums + spread(2 * 64));

    copy_rows(gradient, s.d_product + first * 64, SEQUENCE, length);
    copy_rows(output_weight, s.output_weight, 64, 64);
    commit_copies();
    const bf16* qkv = s.qkv + first * (3 * 64);
    load_rows(queries, qkv, 3 * 64, SEQUENCE, length, 64, true);
    load_rows(keys, qkv + 64, 3 * 64, SEQUENCE, length, 64, true);
    load_rows(values, qkv + 2 * 64, 3 * 64, SEQUENCE, length, 64, true);
    commit_copies();
    read_mask(words, s.mask + first, length);
    if (NORM) {
        stage<NormRow>(o.gamma, 64, gamma);
    }
    wait_copies<1>();
    __syncthreads();
    context_gradient(gradient, output_weight, s.context + first * 64, s.log_sum_exp + first, length, statistics);
    wait_copies<0>();
    __syncthreads();

    int row = own_row();
    KeyGradients<64, 1> gradients;
    clear(gradients.keys);
    clear(gradients.values);
    // a warp whose keys are outside the sequence has no word
    unsigned counts = row < length ? words[row >> 5] >> (row & 31) & 0xFFFFu : 0;
    if (counts != 0) {
#pragma unroll 1
        for (int from = 0; from < length; from += CHUNK) {
            unsigned kept = ALL;
            if (probabilities.active()) {
                kept = probabilities.kept<2>(shape, Head::of_block(shape, 1), from + (threadIdx.x & 31), row);
            }
            add_chunk(
                gradients, keys, values, row, queries.from_row(from), gradient.from_row(from), statistics + from, scale * LOG2_E,
                probabilities.scale, counts, kept, [&](int step, const unsigned(&a)[1][4]) {
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        scores.store(row + 8 * (i & 1) + (threadIdx.x >> 2 & 7), from / 8 + 2 * step + (i >> 1), a[0][i]);
                    }
                });
        }
    }
    // a warp's own values have been read by nobody else: their place carries its results to whole packs
    first = Head::of_block(shape, 1).sequence * static_cast<long long>(length);
    bf16* d_qkv = s.d_qkv + (first + row) * (3 * 64);
    float value_factors[2] = {probabilities.scale, probabilities.scale};
    float factors[2] = {scale, scale};
    store_rows(values, row, gradients.values, value_factors, d_qkv + 2 * 64, 3 * 64, length - row, 64, true);
    store_rows(values, row, gradients.keys, factors, d_qkv + 64, 3 * 64, length - row, 64, true);
    Fragments d_values(gradients.values, probabilities.scale);
    Fragments d_keys(gradients.keys, scale);
    __syncthreads();

    copy_rows(weight, s.weight, 3 * 64, 3 * 64);
    commit_copies();
    float c[1][8][4];
    clear(c);
    if (row < length) {
#pragma unroll 1
        for (int from = 0; from < length; from += 16) {
            // warps without keys that count have written nothing
            if ((words[from >> 5] >> (from & 31) & 0xFFFFu) != 0) {
                unsigned a[1][4];
                scores.transposed_rows(a[0], from, row);
                multiply_columns(c, a, keys, from);
            }
        }
        store_rows(values, row, c, factors, d_qkv, 3 * 64, length - row, 64, true);
        if (o.dy != nullptr) {
#pragma unroll 1
            for (int turn = 0; turn < 16; turn += NormRow::ROWS) {
                int own = row + turn + NormRow::row();
                copy_async(
                    values.address(own, NormRow::column(0) / 8), o.dy + (first + min(own, length - 1)) * 64 + NormRow::column(0),
                    own < length);
            }
        }
    }
    commit_copies();
    Fragments d_queries(c, scale);
    wait_copies<1>();
    __syncthreads();

    if (row < length) {
        clear(c);
        d_queries.multiply(c, weight, 0);
        d_keys.multiply(c, weight, 64);
        d_values.multiply(c, weight, 2 * 64);
        wait_copies<0>();
        __syncwarp();
        if (o.dy != nullptr) {
            add_rows(c, values);
            __syncwarp();
        }
        store_rounded(values, c);
        __syncwarp();
    }
    if constexpr (NORM) {
        float d_gamma[1][8] = {};
        float d_beta[1][8] = {};
        normalization_gradient(values, first, length, o, gamma, dropout.read(), d_gamma, d_beta);
        write_partials<NormRow, 64, SEQUENCE_THREADS>(d_gamma, d_beta, sums, partials);
    } else {
#pragma unroll
        for (int turn = 0; turn < 16; turn += NormRow::ROWS) {
            int own = row + turn + NormRow::row();
            if (own < length) {
                store_whole(o.dx + (first + own) * 64 + NormRow::column(0), values.pack(own, NormRow::column(0) / 8));
            }
        }
    }
}
