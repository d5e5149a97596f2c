// Means of the vectors of a sequence under a softmax over its positions, and their gradients.
//
//                   bytes, float32 / bf16                  FLOPs     bound
//                   (B sequences, S positions, width H)
// forward           B S (4 H + 8) / B S (2 H + 6)          2 B S H   memory
// values_backward   B S (8 H + 12) / B S (4 H + 10)        3 B S H   memory; B S H values more to read where they are added to
// logits_backward   B S 16 / B S 12                        8 B S     latency
//
// Floors on an H200 (4.3 TB/s) at B=32, S=512, H=256: 3.9 / 2.0 us forward, 7.8 / 3.9 us for the values' gradient; target 60 %. The
// vectors of positions that do not count are not read. Probabilities are written nowhere: both passes compute them of the logits, the
// backward pass with the logarithm of their sum, as attention does.
//
// forward: a block takes 128 bytes of every vector of one sequence, eight lanes a position, and 32 positions at a time, so that the few
// sequences of a batch make several blocks each. Each of them computes the softmax, for which it reads 8 or 6 bytes a position.
// values_backward: a warp for each position. logits_backward: a block for each sequence.

#include "common/packs.cuh"
#include "common/reduce.cuh"

constexpr int THREADS = 256;
constexpr int WARPS = THREADS / 32;
// Lanes that share a position's vector in the forward pass.
constexpr int LANES = 8;

// y[b] = sum over s of p[b, s] values[b, s]. Grid: B blocks for each LANES packs of the width.
template <class T>
__device__ __forceinline__ void forward(
    const T* logits, const T* values, const int* allowed, int length, int width, int parts, float* log_sum_exp, T* y) {
    constexpr int SIZE = Pack<T>::SIZE;
    __shared__ float shared[32];
    __shared__ float sums[WARPS][SIZE * LANES];
    long long sequence = blockIdx.x / parts;
    int part = blockIdx.x % parts;
    logits += sequence * length;
    allowed += sequence * length;
    values += sequence * length * width;
    float top = -INFINITY;
    for (int s = threadIdx.x; s < length; s += THREADS) {
        top = fmaxf(top, allowed[s] != 0 ? load(logits + s) : -INFINITY);
    }
    top = block_max(top, shared);
    float sum = 0;
    for (int s = threadIdx.x; s < length; s += THREADS) {
        sum += allowed[s] != 0 ? expf(load(logits + s) - top) : 0.0f;
    }
    sum = block_sum(sum, shared);
    if (part == 0 && threadIdx.x == 0) {
        log_sum_exp[sequence] = top + logf(sum);
    }
    int lane = threadIdx.x % LANES;
    int column = (part * LANES + lane) * SIZE;
    bool packed = width % SIZE == 0 && is_packed(values);
    float mean[SIZE] = {};
#pragma unroll 4
    for (int s = threadIdx.x / LANES; s < length; s += THREADS / LANES) {
        if (allowed[s] != 0) {
            float v[SIZE];
            load_some(values + static_cast<long long>(s) * width + column, width - column, packed, v);
            float p = expf(load(logits + s) - top);
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                mean[j] = fmaf(p, v[j], mean[j]);
            }
        }
    }
    __syncwarp();
#pragma unroll
    for (int j = 0; j < SIZE; j++) {
#pragma unroll
        for (int step = LANES; step < 32; step *= 2) {
            mean[j] += __shfl_xor_sync(0xFFFFFFFFu, mean[j], step);
        }
        if (threadIdx.x % 32 < LANES) {
            sums[threadIdx.x / 32][j * LANES + lane] = mean[j];
        }
    }
    __syncthreads();
    if (threadIdx.x < LANES) {
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            mean[j] = 0;
            for (int warp = 0; warp < WARPS; warp++) {
                mean[j] += sums[warp][j * LANES + lane];
            }
            mean[j] /= sum;
        }
        y += sequence * width;
        store_some(y + column, width - column, width % SIZE == 0 && is_packed(y), mean);
    }
}

// Probability of a position, 0 where it does not count.
template <class T>
__device__ __forceinline__ float probability(
    const T* logits, const int* allowed, const float* log_sum_exp, long long row, long long sequence) {
    return allowed[row] != 0 ? expf(load(logits + row) - log_sum_exp[sequence]) : 0.0f;
}

// d_values[b, s] = p[b, s] dy[b], added where accumulate; products[b, s] = values[b, s] dy[b] where p is not 0.
template <class T>
__device__ __forceinline__ void values_backward(
    const T* logits,
    const T* values,
    const int* allowed,
    const float* log_sum_exp,
    const T* dy,
    long long rows,
    int length,
    int width,
    bool accumulate,
    float* products,
    T* d_values) {
    constexpr int SIZE = Pack<T>::SIZE;
    long long row = (static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x) / 32;
    if (row >= rows) {
        return;
    }
    long long sequence = row / length;
    float p = probability(logits, allowed, log_sum_exp, row, sequence);
    if (p == 0 && accumulate) {
        return;
    }
    values += row * width;
    d_values += row * width;
    dy += sequence * width;
    bool packed = width % SIZE == 0 && is_packed(values) && is_packed(d_values) && is_packed(dy);
    float product = 0;
    for (int c = (threadIdx.x & 31) * SIZE; c < width; c += 32 * SIZE) {
        float g[SIZE] = {};
        if (p != 0) {
            float v[SIZE];
            load_some(dy + c, width - c, packed, g);
            load_some(values + c, width - c, packed, v);
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                product = fmaf(v[j], g[j], product);
                g[j] *= p;
            }
        }
        if (accumulate) {
            float d[SIZE];
            load_some(d_values + c, width - c, packed, d);
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                g[j] += d[j];
            }
        }
        store_some(d_values + c, width - c, packed, g);
    }
    product = warp_sum(product);
    if (p != 0 && (threadIdx.x & 31) == 0) {
        products[row] = product;
    }
}

// d_logits = p (products - sum(p products)).
template <class T>
__device__ __forceinline__ void logits_backward(
    const T* logits, const int* allowed, const float* log_sum_exp, const float* products, int length, T* d_logits) {
    __shared__ float shared[32];
    long long sequence = blockIdx.x;
    long long first = sequence * length;
    float mean = 0;
    for (int s = threadIdx.x; s < length; s += THREADS) {
        float p = probability(logits, allowed, log_sum_exp, first + s, sequence);
        mean += p == 0 ? 0.0f : p * products[first + s];
    }
    mean = block_sum(mean, shared);
    for (int s = threadIdx.x; s < length; s += THREADS) {
        float p = probability(logits, allowed, log_sum_exp, first + s, sequence);
        store(d_logits + first + s, p == 0 ? 0.0f : p * (products[first + s] - mean));
    }
}

#define POSITION_POOLING(SUFFIX, T)                                                                                   \
    extern "C" __global__ void __launch_bounds__(THREADS) position_pooling_forward_##SUFFIX(                          \
        const T* logits, const T* values, const int* allowed, int length, int width, int parts, float* log_sum_exp,   \
        T* y) {                                                                                                       \
        forward(logits, values, allowed, length, width, parts, log_sum_exp, y);                                       \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS) position_pooling_values_backward_##SUFFIX(                  \
        const T* logits, const T* values, const int* allowed, const float* log_sum_exp, const T* dy, long long rows,  \
        int length, int width, int accumulate, float* products, T* d_values) {                                        \
        values_backward(                                                                                              \
            logits, values, allowed, log_sum_exp, dy, rows, length, width, accumulate, products, d_values);           \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS) position_pooling_logits_backward_##SUFFIX(                  \
        const T* logits, const int* allowed, const float* log_sum_exp, const float* products, int length,             \
        T* d_logits) {                                                                                                \
        logits_backward(logits, allowed, log_sum_exp, products, length, d_logits);                                    \
    }

POSITION_POOLING(f32, float)
POSITION_POOLING(bf16, bf16)
