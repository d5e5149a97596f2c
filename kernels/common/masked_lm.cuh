// The masked-LM loss of one row by one block, and with DRAW one token from the same softmax in the same pass.
#pragma once

#include "last_block.cuh"
#include "softmax_row.cuh"

struct MaskedLm {
    const int* labels;
    const float* weights;
    float* log_sum_exp;
    float* correct;
    float* terms;  // weight * (log-sum-exp - logit of the label) of each row, for the last block
    const int* clock;
    int stream;
    int* sampled;
};

// Of row r, which may be a copy in shared memory.
template <bool DRAW, class T>
__device__ __forceinline__ void masked_lm(const MaskedLm& m, const Row<T>& row, long long r) {
    __shared__ SoftmaxShared shared;
    int label = m.labels[r];
    // no label of the vocabulary: the loss becomes infinite where the row counts
    float own = row.has(label) ? load(row.origin + row.shift + label) : -INFINITY;
    // the label's logit is the first of the largest iff none before it is as large and none behind it is larger
    int beaten = 0;
    float max = softmax_sums(row, 1.0f, shared, [&](int column, const float(&x)[Row<T>::SIZE]) {
#pragma unroll
        for (int i = 0; i < Row<T>::SIZE; i++) {
            beaten |= column + i < label ? x[i] >= own : x[i] > own;
        }
    });
    beaten = block_max(beaten, reinterpret_cast<int*>(shared.reduction));
    if (threadIdx.x == 0) {
        float log_sum = logf(static_cast<float>(softmax_total(shared)));
        float weight = m.weights[r];
        m.log_sum_exp[r] = max + log_sum;
        m.correct[r] = beaten ? 0.0f : 1.0f;
        // max - own is exact or nearly so; a difference of the rounded log-sum-exp would not be
        publish(m.terms + r, weight == 0 ? 0.0f : weight * ((max - own) + log_sum));
    }
    if constexpr (DRAW) {
        Clock clock = Clock::read(m.clock);
        int token = softmax_draw(row, 1.0f, max, clock, m.stream, clock.first(gridDim.x) + r, shared);
        if (threadIdx.x == 0) {
            m.sampled[r] = token;
        }
    }
}
