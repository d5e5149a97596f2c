// The backward pass of the sublayer, from the gradient of its output product to that of its input and, where a LayerNorm lies before
// it, through that: every value is rounded where the operations one after the other write it to memory, and every sum of values has
// their order, so that the bits are theirs. Column sums for the parameters of the LayerNorm are a block's partial sums.
#pragma once

#include "common/meanwhile.cuh"
#include "self_attention/attention_gradients.cuh"
#include "self_attention/context_gradient.cuh"
#include "self_attention/normalization_gradient.cuh"
#include "self_attention/parameters.cuh"

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

// o.dy: what is added to the gradient of the input, may be null, and may be o.dx or o.d_residual. Without NORM the gradient of the input
// goes to o.dx, and only these two are used. partials: [blocks, 2, 64].
// meanwhile() is called while the first copies are on their way.
template <bool NORM, class Meanwhile = NothingMeanwhile>
__device__ __forceinline__ void self_attention_backward(
    const SelfAttentionBackward& s, const BackwardOperands<bf16>& o, int length, float scale,
    const ProbabilityDropout& probabilities, const ValueDropout& dropout, float* partials, const Meanwhile& meanwhile = {}) {
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
    unsigned* words = reinterpret_cast<unsigned*>(gamma + 64);

    copy_rows<SEQUENCE>(gradient, s.d_product + first * 64, 64, length);
    copy_rows<64>(output_weight, s.output_weight, 64, 64);
    commit_copies();
    const bf16* qkv = s.qkv + first * (3 * 64);
    copy_rows<SEQUENCE>(queries, qkv, 3 * 64, length);
    copy_rows<SEQUENCE>(keys, qkv + 64, 3 * 64, length);
    copy_rows<SEQUENCE>(values, qkv + 2 * 64, 3 * 64, length);
    if (NORM) {
        stage_async(gamma, o.gamma);
    }
    commit_copies();
    read_mask(words, s.mask + first, length);
    meanwhile();
    wait_copies<1>();
    __syncthreads();
    context_gradient(gradient, output_weight, s.context + first * 64, s.log_sum_exp + first, length, statistics);
    wait_copies<0>();
    __syncthreads();

    int row = own_row();
    unsigned long long kept = draw_keys(probabilities, shape);
    KeyGradients<64, 1> gradients;
    clear(gradients.keys);
    clear(gradients.values);
    // a warp whose keys are outside the sequence has no word
    unsigned counts = row < length ? words[row >> 5] >> (row & 31) & 0xFFFFu : 0;
    if (counts != 0) {
        key_gradients(gradients, keys, values, queries, gradient, statistics, scores, length, scale, probabilities.scale, kept, counts);
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

    copy_rows<3 * 64>(weight, s.weight, 64, 3 * 64);
    commit_copies();
    float c[1][8][4];
    clear(c);
    if (row < length) {
        query_gradients(c, scores, keys, words, length);
        store_rows(values, row, c, factors, d_qkv, 3 * 64, length - row, 64, true);
        if (o.dy != nullptr) {
#pragma unroll
            for (int t = 0; t < TURNS; t++) {
                int own = min(own_row(t), length - 1);
                copy_async(
                    values.address(own_row(t), NormRow::column(0) / 8), o.dy + (first + own) * 64 + NormRow::column(0),
                    own_row(t) < length);
            }
        }
    }
    commit_copies();
    Fragments d_queries(c, scale);
    wait_copies<1>();
    __syncthreads();

    // on its way while the product is computed
    NormalizedRows rows(o, first, NORM ? length : 0);
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
        normalization_gradient(values, rows, first, length, o, gamma, dropout.read(), d_gamma, d_beta);
        write_partials_side_by_side<NormRow, 64, SEQUENCE_THREADS>(d_gamma, d_beta, reinterpret_cast<float*>(shared), partials);
    } else {
#pragma unroll
        for (int t = 0; t < TURNS; t++) {
            if (own_row(t) < length) {
                store_whole(
                    o.dx + (first + own_row(t)) * 64 + NormRow::column(0), values.pack(own_row(t), NormRow::column(0) / 8));
            }
        }
    }
}
