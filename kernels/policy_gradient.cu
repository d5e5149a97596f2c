// What an adversarial generator is rewarded with, and the gradients that it and its baseline learn by (REINFORCE). Arithmetic in
// float32; sums over rows in float64.
//
//                  bytes, float32 / bf16       bound     floor on an H200 (4.3 TB/s)
//                  (R rows, V words)
// policy_gradient  8 R V / 4 R V               memory    138 / 69 us at [2432, 30522]
//
// FLOPs: an exponential and four operations for each logit. One block takes one row of logits and writes the gradient over it, as
// cross_entropy_backward does; the last block adds up rewards and losses. Without gradients that of the baseline is null, and a launch has
// nothing to do but that.

#include "common/last_block.cuh"
#include "common/logistic.cuh"
#include "common/loss_terms.cuh"
#include "common/softmax_gradient.cuh"

template <class T>
struct Policy {
    const float* log_sum_exp;
    const int* sampled;
    const int* labels;
    const float* weights;
    const int* positions;
    const T* decisions;
    int tokens;
    const T* baseline;

    // Of row r, by one block: terms for the last block, the reward's and behind those of all rows the loss's; and the gradients.
    __device__ __forceinline__ void learn(
        const Row<T>& row, long long r, int rows, float* terms, const float* normalizer, float scale, T* d_baseline) const {
        float weight = weights[r];
        if (weight == 0) {
            if (threadIdx.x == 0) {
                publish(terms + r, 0.0f);
                publish(terms + rows + r, 0.0f);
            }
            if (d_baseline != nullptr) {
                zero_row(row);
                if (threadIdx.x == 0) {
                    store(d_baseline + r, 0.0f);
                }
            }
            return;
        }
        int token = sampled[r];
        int position = positions[r];
        // no token of the batch: neither the reward nor a gradient is a number
        float decision = position >= 0 && position < tokens ? load(decisions + position) : NAN;
        // how far the discriminator is from the truth
        float wrong = token == labels[r] ? decision : -decision;
        float reward = softplus(wrong);
        float target = sigmoid(-wrong);
        float u = load(baseline + r);
        if (threadIdx.x == 0) {
            // a part of the logit, where the difference of the whole and a part would cancel
            float miss = u > 0 ? u * sigmoid(wrong) : -u * target;
            publish(terms + r, weight * reward);
            publish(terms + rows + r, weight * (miss + log1pf(expf(-fabsf(u)))));
        }
        if (d_baseline != nullptr) {
            float factor = scale * weight / normalizer[0];
            if (threadIdx.x == 0) {
                store(d_baseline + r, factor * (sigmoid(u) - target));
            }
            softmax_gradient(row, row, token, log_sum_exp[r], factor * (reward - softplus(-u)));
        }
    }
};

#define POLICY_GRADIENT(SUFFIX, T)                                                                                    \
    extern "C" __global__ void __launch_bounds__(512) policy_gradient_##SUFFIX(                                       \
        T* logits, int vocabulary, const float* log_sum_exp, const int* sampled, const int* labels,                   \
        const float* weights, const int* positions, const T* decisions, int tokens, const T* baseline, float* terms,  \
        int rows, const float* normalizer, unsigned* counter, float* reward, float* baseline_loss, float scale,       \
        T* d_baseline) {                                                                                              \
        Policy<T> policy = {log_sum_exp, sampled, labels, weights, positions, decisions, tokens, baseline};           \
        if (rows > 0) {                                                                                               \
            auto row = Row<T>::of(logits, blockIdx.x, vocabulary);                                                    \
            policy.learn(row, blockIdx.x, rows, terms, normalizer, scale, d_baseline);                                \
        }                                                                                                             \
        if (is_last_block(counter)) {                                                                                 \
            sum_terms(terms, rows, normalizer, reward);                                                               \
            sum_terms(terms + rows, rows, normalizer, baseline_loss);                                                 \
        }                                                                                                             \
    }

POLICY_GRADIENT(f32, float)
POLICY_GRADIENT(bf16, bf16)
