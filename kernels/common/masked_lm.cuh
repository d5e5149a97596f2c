// The masked-LM loss of one row by one block, with DRAW one token from the same softmax in the same pass, and its gradient.
#pragma once

#include "labelled_row.cuh"
#include "last_block.cuh"
#include "softmax_gradient.cuh"

template <bool DRAW>
struct MaskedLm {
    const int* labels;
    const float* weights;
    float* log_sum_exp;
    float* correct;
    float* terms;  // weight * (log-sum-exp - logit of the label) of each row, for the last block
    const int* clock;
    int stream;
    int* sampled;

    // Of row r.
    template <class ROW>
    __device__ __forceinline__ void loss(const ROW& row, long long r) const {
        __shared__ SoftmaxShared shared;
        // no word's label: the loss becomes infinite where the row counts; no softmax: it becomes NaN, as its logarithm is
        LabelledRow label = labelled_row(row, labels[r], shared);
        if (threadIdx.x >= 32) {
            return;
        }
        float log_sum = logf(static_cast<float>(softmax_total(shared, label.max)));
        if (threadIdx.x == 0) {
            float weight = weights[r];
            log_sum_exp[r] = label.max + log_sum;
            correct[r] = label.first && !isnan(log_sum) ? 1.0f : 0.0f;
            // max - own is exact or nearly so; a difference of the rounded log-sum-exp would not be
            publish(terms + r, weight == 0 ? 0.0f : weight * ((label.max - label.own) + log_sum));
        }
        if constexpr (DRAW) {
            Clock now = Clock::read(clock);
            int token = softmax_draw(row, 1.0f, label.max, now, stream, now.first(gridDim.x) + r, shared);
            if (threadIdx.x == 0) {
                sampled[r] = token;
            }
        }
    }

    // to = scale weights[r] / normalizer (softmax(from) - onehot(labels[r])) of row r. from is to or a copy of it.
    template <class ROW, class T>
    __device__ __forceinline__ void gradient(
        const ROW& from, const Row<T>& to, long long r, const float* normalizer, float scale) const {
        float weight = weights[r];
        if (weight == 0) {
            zero_row(to);
        } else {
            softmax_gradient(from, to, labels[r], log_sum_exp[r], scale * weight / normalizer[0]);
        }
    }
};
