// The forward pass of the sublayer: every value is rounded where the operations one after the other write it to memory, and every
// sum has their order, so that the bits are theirs.
#pragma once

#include "attention/forward_bf16.cuh"
#include "common/meanwhile.cuh"
#include "layer_norm/forward.cuh"
#include "self_attention/parameters.cuh"

struct SelfAttentionForward {
    const bf16* x;
    const bf16* weight;
    const float* bias;
    const bf16* output_weight;
    const float* output_bias;
    const int* mask;
    bf16* qkv;
    bf16* context;
    float* log_sum_exp;
    bf16* sum;
    bf16* y;
};

// c = the warp's rows of a, times 64 outputs of a layer.
__device__ __forceinline__ void apply_layer(float (&c)[1][8][4], Rows a, Rows weight, const float* bias) {
    multiply_rows(c, a, own_row(), weight);
#pragma unroll
    for (int n = 0; n < 8; n++) {
        float2 b = *reinterpret_cast<const float2*>(bias + 8 * n + 2 * (threadIdx.x & 3));
        c[0][n][0] += b.x;
        c[0][n][1] += b.y;
        c[0][n][2] += b.x;
        c[0][n][3] += b.y;
    }
}

// Normalises the sums of the warp's rows of `product`, after dropout, and of x.
__device__ __forceinline__ void add_and_normalize(
    Rows product, Rows x, long long first, int length, const Dropout& dropout, const ForwardOptions& options, const float* gamma,
    const float* beta, bf16* sum, bf16* y) {
    long long row[TURNS];
    bool inside[TURNS];
    float v[TURNS][1][8];
#pragma unroll
    for (int t = 0; t < TURNS; t++) {
        // all lanes take part in the sums, also those past the last row
        row[t] = first + own_row(t);
        inside[t] = own_row(t) < length;
        unpack(product.pack(own_row(t), NormRow::column(0) / 8), v[t][0]);
    }
    if (dropout.active()) {
#pragma unroll
        for (int t = 0; t < TURNS; t++) {
            dropout.apply_active(row[t] * 64 + NormRow::column(0), v[t][0]);
        }
    }
    float total[TURNS];
#pragma unroll
    for (int t = 0; t < TURNS; t++) {
        float residual[8];
        unpack(x.pack(own_row(t), NormRow::column(0) / 8), residual);
        total[t] = add_residual<bf16>(v[t][0], residual, 0.0f);
        store_pack_if(inside[t], sum + row[t] * 64 + NormRow::column(0), v[t][0]);
    }
    normalize_rows<NormRow>(v, total, row, inside, options, gamma, beta, dropout, y);
}

// meanwhile() is called while the first copies are on their way.
template <class Meanwhile = NothingMeanwhile>
__device__ __forceinline__ void self_attention_forward(
    const SelfAttentionForward& o, const ForwardOptions& options, int length, float scale, const ProbabilityDropout& probabilities,
    const ValueDropout& dropout, const Meanwhile& meanwhile = {}) {
    Shape shape{length, 1, 64, true};
    long long first = static_cast<long long>(blockIdx.x) * length;
    SharedTiles tiles{shared_address(shared)};
    Rows x = tiles.take(SEQUENCE);
    Rows weight = tiles.take(3 * 64);
    Rows output_weight = tiles.take(64);
    // queries, then the context, then the product
    Rows queries = tiles.take(SEQUENCE);
    Rows keys = tiles.take(SEQUENCE);
    Rows values = tiles.take(SEQUENCE);
    float* bias = reinterpret_cast<float*>(reinterpret_cast<char*>(shared) + (tiles.next - x.base));
    float* output_bias = bias + 3 * 64;
    float* gamma = output_bias + 64;
    float* beta = gamma + 64;
    unsigned* words = reinterpret_cast<unsigned*>(beta + 64);

    copy_rows<SEQUENCE>(x, o.x + first * 64, 64, length);
    copy_rows<3 * 64>(weight, o.weight, 64, 3 * 64);
    copy_floats<3 * 64>(bias, o.bias);
    commit_copies();
    copy_rows<64>(output_weight, o.output_weight, 64, 64);
    copy_floats<64>(output_bias, o.output_bias);
    stage_async(gamma, options.gamma);
    stage_async(beta, options.beta);
    commit_copies();
    // one more word, because tiles of keys have two
    read_mask(words, o.mask + first, length);
    if (threadIdx.x == 0) {
        words[(length + 31) >> 5] = 0;
    }
    meanwhile();
    wait_copies<1>();
    __syncthreads();

    int row = own_row();
    bf16* qkv = o.qkv + (first + row) * (3 * 64);
    float factors[2] = {1, 1};
#pragma unroll 1
    for (int part = 0; part < 3; part++) {
        float c[1][8][4];
        apply_layer(c, x, weight.from_row(64 * part), bias + 64 * part);
        store_rows(queries.from_row(SEQUENCE * part), row, c, factors, qkv + 64 * part, 3 * 64, length - row, 64, true);
    }
    wait_copies<0>();
    __syncthreads();
    if (row >= length) {
        return;
    }

    Output<64> output;
    int counting = counting_keys(words, length);
    for (int key = 0; key < counting; key += KEY_TILE) {
        unsigned drawn = draw_dropout(probabilities, shape, Head::of_block(shape, 1), row, key);
        add_keys(
            output, queries, row, keys.from_row(key), values.from_row(key), words + (key >> 5), probabilities.active(), drawn,
            scale * LOG2_E);
    }
    first = Head::of_block(shape, 1).sequence * static_cast<long long>(length);
    finish_queries(output, factors, o.log_sum_exp + first, row, length, scale, probabilities.scale);
    store_rows(queries, row, output.sums, factors, o.context + (first + row) * 64, 64, length - row, 64, true);

    float product[1][8][4];
    apply_layer(product, queries, output_weight, output_bias);
    // rounded as it would be in memory, in place of the warp's context
    __syncwarp();
    store_rounded(queries, product);
    __syncwarp();
    add_and_normalize(queries, x, first, length, dropout.read(), options, gamma, beta, o.sum, o.y);
}
