// The forward pass at any width and any alignment. The values do not fit registers: the second and third pass read the sum that the
// same thread wrote in the first, from the caches. Where rows are no multiple of 16 bytes, packs are read value by value.
#pragma once

#include "forward.cuh"
#include "staged_turn.cuh"

// Blocks of 256 threads. lanes: as Row::LANES.
template <class T>
__device__ __forceinline__ void forward_any(
    const T* x, const Dropout& dropout, const T* residual, const ForwardOptions& o, T* sum, T* y, int width, int lanes) {
    constexpr int SIZE = Pack<T>::SIZE;
    __shared__ StagedTurn<T> gamma;
    __shared__ StagedTurn<T> beta;
    bool packed = width % SIZE == 0 && is_packed(x) && is_packed(residual) && is_packed(sum) && is_packed(y);
    int lane = threadIdx.x & (lanes - 1);
    int begin = lane * SIZE;
    int stride = lanes * SIZE;
    long long thread = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    long long row = thread / lanes;
    bool inside = row < o.rows;
    int end = inside ? width : 0;
    float total = 0.0f;
    for (int c = begin; c < end; c += stride) {
        long long i = row * width + c;
        float v[SIZE];
        float r[SIZE];
        load_some(x + i, width - c, packed, v);
        load_some(residual + i, residual != nullptr ? width - c : 0, packed, r);
        dropout.apply(i, v);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            v[j] = rounded<T>(v[j] + r[j]);
            total += v[j];
        }
        store_some(sum + i, width - c, packed, v);
    }
    float mean = mean_of(lanes_sum(total, lanes), width);
    float squares = 0.0f;
    for (int c = begin; c < end; c += stride) {
        float v[SIZE];
        load_some(sum + row * width + c, width - c, packed, v);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            if (c + j < width) {
                squares = fmaf(v[j] - mean, v[j] - mean, squares);
            }
        }
    }
    float rstd = reciprocal_deviation(lanes_sum(squares, lanes), width, o.epsilon);
    for (int first = 0; first < width; first += stride) {
        int c = first + begin;
        float v[SIZE];
        float g[SIZE];
        float b[SIZE];
        load_some(sum + row * width + c, end - c, packed, v);
        __syncthreads();
        gamma.stage(o.gamma, first, width);
        beta.stage(o.beta, first, width);
        __syncthreads();
        gamma.load(lane, g);
        beta.load(lane, b);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            v[j] = fmaf(g[j], normalized(v[j], mean, rstd), b[j]);
        }
        store_some(y + row * width + c, end - c, packed, v);
    }
    if (inside && begin == 0) {
        o.stats[2 * row] = mean;
        o.stats[2 * row + 1] = rstd;
    }
}
