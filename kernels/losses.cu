// The two losses of ELECTRA and their gradients. Arithmetic in float32; sums over rows or tokens in float64, one addition each.
//
//                                         bytes, float32 / bf16         bound     floor on an H200 (4.3 TB/s)
//                                         (R rows, V words, M tokens)
// cross_entropy                           4 R V / 2 R V                 memory    69 / 35 us at [2432, 30522]
// cross_entropy_and_sample                4.3 R V / 2.1 R V             memory    the same
// cross_entropy_with_gradient             8 R V / 4 R V                 memory    138 / 69 us
// cross_entropy_and_sample_with_gradient  the same                      memory    the same
// cross_entropy_backward                  8 R V / 4 R V                 memory    138 / 69 us
// sigmoid_cross_entropy                   12 M / 10 M                   latency
// sigmoid_cross_entropy_with_gradient     16 M / 12 M                   latency
//
// FLOPs: an exponential and about ten operations for each logit, twice with the gradient, a quarter of what the memory's time would
// allow in float32. Target: 80 % of the floor. One block takes one row of logits, in packs (see row.cuh), whatever the width; the
// gradient is written over the logits, so nothing of the size of the logits is ever allocated beside them. Where loss and gradient
// are one launch, the block keeps a copy of its row (61 KB of 30,522 words in bf16) in shared memory, from which it takes sums, token
// and gradient; a row that is too long for that is read again, from the second-level cache where it is still there. The last block of
// a launch adds up what all of them have found (see last_block.cuh).
//
// Instructions decide too: at 4.3 TB/s an H200 has issue slots for about 29 a logit in the time of the bytes of
// cross_entropy_and_sample_with_gradient_bf16. Of PTX it executes fewer than 24.7, which LossesTest holds it to; with expf, and with
// label and columns compared for each logit, it was three times as many (docs/results/2026-11-29-step-floors).

#include "common/last_block.cuh"
#include "common/masked_lm.cuh"
#include "common/row_loss.cuh"

// Tokens of a block of the per-token loss.
constexpr int TOKENS = 1024;
constexpr int TOKEN_THREADS = 256;

// What one block found: tokens that are predicted to be replaced, and the others, in the low half those predicted right, in the high
// half those predicted wrong.
struct TokenSums {
    double loss;
    unsigned positives;
    unsigned negatives;
};

// factor (sigmoid(x) - label)
__device__ __forceinline__ float sigmoid_gradient(float x, int label, float factor) {
    // sigmoid(x) - 1 = -sigmoid(-x), without the cancellation
    return factor * (label ? -1.0f / (1.0f + expf(x)) : 1.0f / (1.0f + expf(-x)));
}

// With the gradient, scale mask (sigmoid(logits) - labels) / normalizer, where that is not null; it may be in place.
template <class T>
__device__ __forceinline__ void sigmoid_cross_entropy(
    const T* logits,
    const int* labels,
    const int* mask,
    int tokens,
    const float* normalizer,
    TokenSums* sums,
    unsigned* counter,
    float* mean,
    float* counts,
    float scale,
    T* gradient) {
    __shared__ double shared_loss[32];
    __shared__ unsigned shared_counts[32];
    float loss = 0;
    unsigned positives = 0;
    unsigned negatives = 0;
    static_assert(TOKENS < 1 << 15, "a count takes half a word");
#pragma unroll
    for (int j = 0; j < TOKENS / TOKEN_THREADS; j++) {
        int i = blockIdx.x * TOKENS + j * TOKEN_THREADS + threadIdx.x;
        if (i >= tokens) {
            break;
        }
        float x = load(logits + i);
        int label = labels[i];
        bool counted = mask[i] != 0;
        if (gradient != nullptr) {
            store(gradient + i, counted ? sigmoid_gradient(x, label, scale / normalizer[0]) : 0.0f);
        }
        if (counted) {
            loss += fmaxf(x, 0.0f) - x * label + log1pf(expf(-fabsf(x)));
            unsigned right = (x > 0) == (label != 0) ? 1u : 1u << 16;
            (x > 0 ? positives : negatives) += right;
        }
    }
    double sum = block_sum(static_cast<double>(loss), shared_loss);
    positives = block_sum(positives, shared_counts);
    negatives = block_sum(negatives, shared_counts);
    if (threadIdx.x == 0) {
        publish(&sums[blockIdx.x].loss, sum);
        publish(&sums[blockIdx.x].positives, positives);
        publish(&sums[blockIdx.x].negatives, negatives);
    }
    if (!is_last_block(counter)) {
        return;
    }
    sum = 0;
    unsigned count[4] = {};
    for (int block = threadIdx.x; block < gridDim.x; block += TOKEN_THREADS) {
        sum += published(&sums[block].loss);
        positives = published(&sums[block].positives);
        negatives = published(&sums[block].negatives);
        count[0] += positives & 0xFFFF;
        count[1] += positives >> 16;
        count[2] += negatives & 0xFFFF;
        count[3] += negatives >> 16;
    }
    sum = block_sum(sum, shared_loss);
    if (threadIdx.x == 0) {
        mean[0] = static_cast<float>(sum) / normalizer[0];
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
        unsigned total = block_sum(count[i], shared_counts);
        if (threadIdx.x == 0) {
            counts[i] = static_cast<float>(total);
        }
    }
}

// What the kernels of both losses have in common; LOGITS: T* or const T*.
#define ROW_PARAMETERS(LOGITS)                                                                                        \
    LOGITS logits, int vocabulary, const int *labels, const float *weights, float *log_sum_exp, float *correct,       \
        float *terms, int rows, const float *normalizer, unsigned *counter, float *loss
#define DRAW_PARAMETERS const int *clock, int stream, int *sampled
#define TOKEN_PARAMETERS(T)                                                                                           \
    const T *logits, const int *labels, const int *mask, int tokens, const float *normalizer, TokenSums *sums,        \
        unsigned *counter, float *loss, float *counts

#define LOSS_ONLY \
    MaskedLm<false> { labels, weights, log_sum_exp, correct, terms, nullptr, 0, nullptr }
#define LOSS_AND_DRAW \
    MaskedLm<true> { labels, weights, log_sum_exp, correct, terms, clock, stream, sampled }

#define LOSSES(SUFFIX, T)                                                                                             \
    extern "C" __global__ void __launch_bounds__(512, 2) cross_entropy_##SUFFIX(ROW_PARAMETERS(const T*)) {           \
        row_loss(LOSS_ONLY, logits, vocabulary, rows, normalizer, counter, loss);                                     \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(512, 2) cross_entropy_and_sample_##SUFFIX(                           \
        ROW_PARAMETERS(const T*), DRAW_PARAMETERS) {                                                                  \
        row_loss(LOSS_AND_DRAW, logits, vocabulary, rows, normalizer, counter, loss);                                 \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(512, 2) cross_entropy_with_gradient_##SUFFIX(                        \
        ROW_PARAMETERS(T*), float scale, int copied) {                                                                \
        row_loss_with_gradient(LOSS_ONLY, logits, vocabulary, rows, normalizer, counter, loss, scale, copied);        \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(512, 2) cross_entropy_and_sample_with_gradient_##SUFFIX(             \
        ROW_PARAMETERS(T*), DRAW_PARAMETERS, float scale, int copied) {                                               \
        row_loss_with_gradient(LOSS_AND_DRAW, logits, vocabulary, rows, normalizer, counter, loss, scale, copied);    \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(512) cross_entropy_backward_##SUFFIX(                                \
        T* logits, int vocabulary, const int* labels, const float* weights, const float* normalizer,                  \
        float* log_sum_exp, float scale) {                                                                            \
        MaskedLm<false> of = {labels, weights, log_sum_exp, nullptr, nullptr, nullptr, 0, nullptr};                   \
        row_loss_backward(of, logits, vocabulary, normalizer, scale);                                                 \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(TOKEN_THREADS) sigmoid_cross_entropy_##SUFFIX(TOKEN_PARAMETERS(T)) { \
        sigmoid_cross_entropy<T>(                                                                                     \
            logits, labels, mask, tokens, normalizer, sums, counter, loss, counts, 0.0f, nullptr);                    \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(TOKEN_THREADS) sigmoid_cross_entropy_with_gradient_##SUFFIX(         \
        TOKEN_PARAMETERS(T), float scale, T* gradient) {                                                              \
        sigmoid_cross_entropy(                                                                                        \
            logits, labels, mask, tokens, normalizer, sums, counter, loss, counts, scale, gradient);                  \
    }

LOSSES(f32, float)
LOSSES(bf16, bf16)
