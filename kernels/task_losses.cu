// Losses of fine-tuning with their gradients. Arithmetic in float32; the terms of rows or sequences and their sums in float64.
//
//                     bytes, float32 / bf16, with the gradient          bound
//                     (R rows; B sequences of S positions, C columns)
// squared_error       16 R / 12 R                                       latency
// span_cross_entropy  B S (8 C + 4) / B S (4 C + 4)                     latency
//
// FLOPs: 6 R; an exponential and about ten operations for each logit, twice with the gradient. At 32 sequences of 512 positions and two
// columns span_cross_entropy moves 0.33 MB in float32, of which the floor on an H200 (4.3 TB/s) is 0.08 us: the launch, the passes over
// a sequence in the first-level cache and the waits of a block between them are what it takes. Without a gradient that pointer is null.
//
// span_cross_entropy: one block takes one sequence. Positions have their columns side by side, and neighbouring threads read
// neighbouring numbers, whatever the number of columns; a thread leaves out those of the other columns. The last block of the launch
// adds up what all have found (see last_block.cuh).

#include "common/loss_terms.cuh"
#include "common/values.cuh"

// By one block.
template <class T>
__device__ __forceinline__ void squared_error(
    const T* x,
    const float* targets,
    const float* weights,
    int rows,
    const float* normalizer,
    float* loss,
    float scale,
    T* gradient) {
    __shared__ double shared[32];
    float divisor = normalizer[0];
    double sum = 0;
    for (int r = threadIdx.x; r < rows; r += blockDim.x) {
        float weight = weights[r];
        // a row that does not count must not spoil the sum, whatever it holds
        float difference = weight == 0 ? 0.0f : load(x + r) - targets[r];
        sum += static_cast<double>(weight) * difference * difference;
        if (gradient != nullptr) {
            store(gradient + r, 2 * scale * weight * difference / divisor);
        }
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) {
        loss[0] = static_cast<float>(sum) / divisor;
    }
}

// A sequence's logits [length, columns] and which of its positions count.
template <class T>
struct Positions {
    const T* logits;
    const int* allowed;
    int length;
    int columns;

    // The logit at place i where it is of that column and its position counts, else -infinity.
    __device__ __forceinline__ float logit(int i, int column) const {
        float x = load(logits + i);
        bool counts = allowed[i / columns] != 0;
        return counts && i % columns == column ? x : -INFINITY;
    }

    // log(sum(exp(logits))) of a column, for all threads of the block.
    __device__ __forceinline__ float log_sum_exp(int column, float* shared) const {
        float top = -INFINITY;
        for (int i = threadIdx.x; i < length * columns; i += blockDim.x) {
            top = fmaxf(top, logit(i, column));
        }
        top = block_max(top, shared);
        float sum = 0;
        for (int i = threadIdx.x; i < length * columns; i += blockDim.x) {
            sum += expf(logit(i, column) - top);
        }
        return top + logf(block_sum(sum, shared));
    }

    // Not a number where the target is no position that counts.
    __device__ __forceinline__ float target_logit(int target, int column) const {
        bool counts = target >= 0 && target < length && allowed[target] != 0;
        return counts ? load(logits + target * columns + column) : NAN;
    }
};

// One block for each sequence, with shared memory for a number of each column.
template <class T>
__device__ __forceinline__ void span_cross_entropy(
    const T* logits,
    const int* allowed,
    const int* targets,
    const float* weights,
    int length,
    int columns,
    const float* normalizer,
    float* terms,
    unsigned* counter,
    float* loss,
    float scale,
    T* gradient) {
    extern __shared__ float log_sum_exp[];
    __shared__ float shared[32];
    long long sequence = blockIdx.x;
    long long first = sequence * length;
    Positions<T> positions = {logits + first * columns, allowed + first, length, columns};
    targets += sequence * columns;
    float share = weights[sequence] / columns;
    float term = 0;
    for (int column = 0; column < columns && share != 0; column++) {
        float lse = positions.log_sum_exp(column, shared);
        if (threadIdx.x == 0) {
            float target = positions.target_logit(targets[column], column);
            term += share * (lse - target);
            log_sum_exp[column] = isnan(target) ? target : lse;
        }
    }
    if (threadIdx.x == 0) {
        publish(terms + sequence, term);
    }
    if (gradient != nullptr) {
        __syncthreads();  // for log_sum_exp
        gradient += first * columns;
        float factor = scale * share / normalizer[0];
        for (int i = threadIdx.x; i < length * columns; i += blockDim.x) {
            int column = i % columns;
            float slope = 0;
            if (share != 0) {
                float p = expf(positions.logit(i, column) - log_sum_exp[column]);
                slope = factor * (i / columns == targets[column] ? p - 1.0f : p);
            }
            store(gradient + i, slope);
        }
    }
    add_terms(terms, gridDim.x, normalizer, counter, loss);
}

#define TASK_LOSSES(SUFFIX, T)                                                                                        \
    extern "C" __global__ void __launch_bounds__(256) squared_error_##SUFFIX(                                         \
        const T* x, const float* targets, const float* weights, int rows, const float* normalizer, float* loss,       \
        float scale, T* gradient) {                                                                                   \
        squared_error(x, targets, weights, rows, normalizer, loss, scale, gradient);                                  \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) span_cross_entropy_##SUFFIX(                                    \
        const T* logits, const int* allowed, const int* targets, const float* weights, int length, int columns,       \
        const float* normalizer, float* terms, unsigned* counter, float* loss, float scale, T* gradient) {            \
        span_cross_entropy(                                                                                           \
            logits, allowed, targets, weights, length, columns, normalizer, terms, counter, loss, scale, gradient);   \
    }

TASK_LOSSES(f32, float)
TASK_LOSSES(bf16, bf16)
