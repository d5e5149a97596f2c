// The two losses of ELECTRA and their gradients. Arithmetic in float32; sums over rows or tokens in float64, one addition each.
//
//                                bytes, float32 / bf16 (R rows, V words, M tokens)   bound     floor on an H200 (4.3 TB/s)
// cross_entropy                  4 R V / 2 R V                                       memory    69 / 35 us at [2432, 30522]
// cross_entropy_and_sample       4.3 R V / 2.1 R V                                   memory    the same
// cross_entropy_backward         8 R V / 4 R V                                       memory    138 / 69 us
// sigmoid_cross_entropy          12 M / 10 M                                         latency
// sigmoid_cross_entropy_backward 16 M / 12 M                                         latency
//
// FLOPs: an exponential and about ten operations for each logit, a quarter of what the memory's time would allow in float32.
// Target: 80 % of the floor. One block takes one row of logits, in packs (see row.cuh), whatever the width; the gradient is
// written over the logits, so nothing of the size of the logits is ever allocated beside them. The last block of a launch adds up
// what all of them have found (see last_block.cuh).

#include "common/last_block.cuh"
#include "common/masked_lm.cuh"

// One block for each row; loss[0] = sum(terms) / normalizer[0], by the last of them, or by a single one where there is no row.
template <class T, bool DRAW>
__device__ __forceinline__ void cross_entropy(
    const MaskedLm<T>& m, int rows, const float* normalizer, unsigned* counter, float* loss) {
    __shared__ double shared[32];
    if (rows > 0) {
        masked_lm<T, DRAW>(m);
    }
    if (!is_last_block(counter)) {
        return;
    }
    double sum = 0;
    for (int r = threadIdx.x; r < rows; r += blockDim.x) {
        sum += published(m.terms + r);
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) {
        loss[0] = static_cast<float>(sum) / normalizer[0];
    }
}

// logits[r] = scale weights[r] / normalizer (exp(logits[r] - log_sum_exp[r]) - onehot(labels[r])), one block for each row.
template <class T>
__device__ __forceinline__ void cross_entropy_backward(
    T* logits,
    int vocabulary,
    const int* labels,
    const float* weights,
    const float* normalizer,
    const float* log_sum_exp,
    float scale) {
    constexpr int SIZE = Row<T>::SIZE;
    constexpr int LOADS = 2;
    long long r = blockIdx.x;
    auto row = Row<T>::of(logits, r, vocabulary);
    int packs = row.packs();
    float weight = weights[r];
    if (weight == 0) {
        float zeros[SIZE] = {};
        for (int k = threadIdx.x; k < packs; k += blockDim.x) {
            row.store(k, zeros);
        }
        return;
    }
    int label = labels[r];
    float lse = log_sum_exp[r];
    float factor = scale * weight / normalizer[0];
    for (int k = threadIdx.x; k < packs; k += LOADS * blockDim.x) {
        uint4 bits[LOADS];
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            bits[j] = row.bits(k + j * blockDim.x, 0.0f);
        }
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            float x[SIZE];
            unpack(bits[j], x);
            int column = row.column(k + j * blockDim.x);
#pragma unroll
            for (int i = 0; i < SIZE; i++) {
                float p = expf(x[i] - lse);
                x[i] = factor * (column + i == label ? p - 1.0f : p);
            }
            row.store(k + j * blockDim.x, x);
        }
    }
}

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
    float* counts) {
    __shared__ double shared_loss[32];
    __shared__ unsigned shared_counts[32];
    float loss = 0;
    unsigned positives = 0;
    unsigned negatives = 0;
    static_assert(TOKENS < 1 << 15, "a count takes half a word");
#pragma unroll
    for (int j = 0; j < TOKENS / TOKEN_THREADS; j++) {
        int i = blockIdx.x * TOKENS + j * TOKEN_THREADS + threadIdx.x;
        if (i < tokens && mask[i] != 0) {
            float x = load(logits + i);
            int label = labels[i];
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

// gradient = scale mask (sigmoid(logits) - labels) / normalizer; may be in place.
template <class T>
__device__ __forceinline__ void sigmoid_cross_entropy_backward(
    const T* logits, const int* labels, const int* mask, const float* normalizer, float scale, T* gradient, int tokens) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < tokens) {
        float x = load(logits + i);
        // sigmoid(x) - 1 = -sigmoid(-x), without the cancellation
        float difference = labels[i] ? -1.0f / (1.0f + expf(x)) : 1.0f / (1.0f + expf(-x));
        store(gradient + i, mask[i] ? scale / normalizer[0] * difference : 0.0f);
    }
}

#define LOSSES(SUFFIX, T)                                                                                         \
    extern "C" __global__ void __launch_bounds__(512, 2) cross_entropy_##SUFFIX(                                  \
        const T* logits,                                                                                          \
        int vocabulary,                                                                                           \
        const int* labels,                                                                                        \
        const float* weights,                                                                                     \
        float* log_sum_exp,                                                                                       \
        float* correct,                                                                                           \
        float* terms,                                                                                             \
        int rows,                                                                                                 \
        const float* normalizer,                                                                                  \
        unsigned* counter,                                                                                        \
        float* loss) {                                                                                            \
        cross_entropy<T, false>(                                                                                  \
            {logits, vocabulary, labels, weights, log_sum_exp, correct, terms, nullptr, 0, nullptr},              \
            rows, normalizer, counter, loss);                                                                     \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(512, 2) cross_entropy_and_sample_##SUFFIX(                       \
        const T* logits,                                                                                          \
        int vocabulary,                                                                                           \
        const int* labels,                                                                                        \
        const float* weights,                                                                                     \
        float* log_sum_exp,                                                                                       \
        float* correct,                                                                                           \
        float* terms,                                                                                             \
        int rows,                                                                                                 \
        const float* normalizer,                                                                                  \
        unsigned* counter,                                                                                        \
        float* loss,                                                                                              \
        const int* clock,                                                                                         \
        int stream,                                                                                               \
        int* sampled) {                                                                                           \
        cross_entropy<T, true>(                                                                                   \
            {logits, vocabulary, labels, weights, log_sum_exp, correct, terms, clock, stream, sampled},           \
            rows, normalizer, counter, loss);                                                                     \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(512) cross_entropy_backward_##SUFFIX(                            \
        T* logits,                                                                                                \
        int vocabulary,                                                                                           \
        const int* labels,                                                                                        \
        const float* weights,                                                                                     \
        const float* normalizer,                                                                                  \
        const float* log_sum_exp,                                                                                 \
        float scale) {                                                                                            \
        cross_entropy_backward(logits, vocabulary, labels, weights, normalizer, log_sum_exp, scale);              \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(TOKEN_THREADS) sigmoid_cross_entropy_##SUFFIX(                   \
        const T* logits,                                                                                          \
        const int* labels,                                                                                        \
        const int* mask,                                                                                          \
        int tokens,                                                                                               \
        const float* normalizer,                                                                                  \
        TokenSums* sums,                                                                                          \
        unsigned* counter,                                                                                        \
        float* loss,                                                                                              \
        float* counts) {                                                                                          \
        sigmoid_cross_entropy(logits, labels, mask, tokens, normalizer, sums, counter, loss, counts);             \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(TOKEN_THREADS) sigmoid_cross_entropy_backward_##SUFFIX(          \
        const T* logits,                                                                                          \
        const int* labels,                                                                                        \
        const int* mask,                                                                                          \
        const float* normalizer,                                                                                  \
        float scale,                                                                                              \
        T* gradient,                                                                                              \
        int tokens) {                                                                                             \
        sigmoid_cross_entropy_backward(logits, labels, mask, normalizer, scale, gradient, tokens);                \
    }

LOSSES(f32, float)
LOSSES(bf16, bf16)
