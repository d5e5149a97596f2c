// The masked-LM loss of rows that may copy a token instead of predicting one (All-Tokens MLM), and its gradients. Arithmetic in float32;
// the sum over rows in float64.
//
//                                   bytes, float32 / bf16         bound     floor on an H200 (4.3 TB/s)
//                                   (R rows, V words)
// copy_cross_entropy                4 R V / 2 R V                 memory    0.47 / 0.23 ms at [16384, 30522]
// copy_cross_entropy_with_gradient  8 R V / 4 R V                 memory    0.93 / 0.47 ms
// copy_cross_entropy_backward       8 R V / 4 R V                 memory    the same
//
// As cross_entropy (see losses.cu, row_loss.cuh), with a dozen operations more for each row, none for each logit: the mixture with the copy
// changes the probability of two words only.

#include "common/labelled_row.cuh"
#include "common/logistic.cuh"
#include "common/row_loss.cuh"
#include "common/softmax_gradient.cuh"

// -log p of a label that the softmax gives that log-probability.
__device__ __forceinline__ float copy_loss(float log_probability, float gate, bool is_copied) {
    if (!is_copied) {
        return softplus(gate) - log_probability;
    }
    float larger = fmaxf(log_probability, gate);
    if (larger > -1.0f) {
        // 1/p = 1 + (1 - s) / (exp(gate) + s), without the cancellation of two logarithms
        return log1pf(-expm1f(log_probability) / (expf(gate) + expf(log_probability)));
    }
    return softplus(gate) - larger - log1pf(expf(-fabsf(log_probability - gate)));
}

template <class T>
struct CopyLm {
    const T* gate;
    const int* copied;
    const int* labels;
    const int* mask;
    float* log_sum_exp;
    float* correct;
    float* terms;  // -log p of each row that counts, for the last block
    T* d_gate;     // may be the gate

    template <class ROW>
    __device__ __forceinline__ void loss(const ROW& row, long long r) const {
        __shared__ SoftmaxShared shared;
        int word = labels[r];
        LabelledRow label = labelled_row(row, word, shared);
        if (threadIdx.x >= 32) {
            return;
        }
        float log_sum = logf(static_cast<float>(softmax_total(shared, label.max)));
        if (threadIdx.x == 0) {
            log_sum_exp[r] = label.max + log_sum;
            float z = load(gate + r);
            int copy = copied[r];
            float lead = expf(-log_sum) - expf((row.value(copy) - label.max) - log_sum);
            bool right = expf(z) >= lead ? word == copy : label.first;
            correct[r] = right && !isnan(log_sum) ? 1.0f : 0.0f;
            // no word's label: the loss becomes infinite where the row counts, whatever is copied; no softmax: it becomes NaN
            float term = label.own == -INFINITY ? INFINITY + log_sum
                                                : copy_loss((label.own - label.max) - log_sum, z, word == copy);
            publish(terms + r, mask[r] == 0 ? 0.0f : term);
        }
    }

    // Of row r: to = factor q (softmax(from) - onehot(label)), q being the part of the label's probability that is predicted.
    template <class ROW, class R>
    __device__ __forceinline__ void gradient(
        const ROW& from, const Row<R>& to, long long r, const float* normalizer, float scale) const {
        if (mask[r] == 0) {
            zero_row(to);
            if (threadIdx.x == 0) {
                store(d_gate + r, 0.0f);
            }
            return;
        }
        int label = labels[r];
        float lse = log_sum_exp[r];
        float factor = scale / normalizer[0];
        float z = load(gate + r);
        float log_probability = from.value(label) - lse;
        float predicted = 1.0f;
        float slope = sigmoid(z);
        if (label == copied[r]) {
            predicted = sigmoid(log_probability - z);
            slope = sigmoid(-z) * expm1f(log_probability) * sigmoid(z - log_probability);
        }
        __syncthreads();  // all have read the label's logit and the gate
        if (threadIdx.x == 0) {
            store(d_gate + r, factor * slope);
        }
        softmax_gradient(from, to, label, lse, factor * predicted);
    }
};

// LOGITS: T* or const T*.
#define ROW_PARAMETERS(LOGITS, T)                                                                                     \
    LOGITS logits, int vocabulary, const T *gate, const int *copied, const int *labels, const int *mask,              \
        float *log_sum_exp, float *correct, float *terms, int rows, const float *normalizer, unsigned *counter,       \
        float *loss

#define COPY_CROSS_ENTROPY(SUFFIX, T)                                                                                 \
    extern "C" __global__ void __launch_bounds__(512, 2) copy_cross_entropy_##SUFFIX(ROW_PARAMETERS(const T*, T)) {   \
        CopyLm<T> of = {gate, copied, labels, mask, log_sum_exp, correct, terms, nullptr};                            \
        row_loss(of, logits, vocabulary, rows, normalizer, counter, loss);                                            \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(512, 2) copy_cross_entropy_with_gradient_##SUFFIX(                   \
        ROW_PARAMETERS(T*, T), T* d_gate, float scale, int in_shared) {                                               \
        CopyLm<T> of = {gate, copied, labels, mask, log_sum_exp, correct, terms, d_gate};                             \
        row_loss_with_gradient(of, logits, vocabulary, rows, normalizer, counter, loss, scale, in_shared);            \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(512) copy_cross_entropy_backward_##SUFFIX(                           \
        T* logits, int vocabulary, const T* gate, const int* copied, const int* labels, const int* mask,              \
        float* log_sum_exp, const float* normalizer, T* d_gate, float scale) {                                        \
        CopyLm<T> of = {gate, copied, labels, mask, log_sum_exp, nullptr, nullptr, d_gate};                           \
        row_loss_backward(of, logits, vocabulary, normalizer, scale);                                                 \
    }

COPY_CROSS_ENTROPY(f32, float)
COPY_CROSS_ENTROPY(bf16, bf16)
