// What the backward pass needs of each query besides its vectors.
#pragma once

#include "common/reduce.cuh"
#include "scores.cuh"

// write(i, (log2 of the sum of exp, sum of dOut out)) for queries first + i of a head, i below count; zeros for queries outside the
// sequence. The sum of dOut out is that of p dp over the keys, dropout included, because out is linear in the dropped
// probabilities. By all threads; a barrier must follow.
template <int WIDTH, class Write>
__device__ __forceinline__ void read_statistics(
    const bf16* out,
    const bf16* d_out,
    const float* log_sum_exp,
    const Shape& shape,
    const Head& head,
    int first,
    int count,
    Write write) {
    constexpr int LANES = WIDTH / 8;
    int lane = threadIdx.x & (LANES - 1);
    // whole warps take part in the sums: their lanes differ in the row only by constants
    for (int i = threadIdx.x / LANES; i < count; i += blockDim.x / LANES) {
        int query = first + i;
        float sum = 0;
        if (query < shape.length) {
            long long at = head.out + query * shape.hidden() + 8 * lane;
            if (shape.packed) {
                if (8 * lane < shape.size) {
                    float x[8];
                    float y[8];
                    load_pack(out + at, x);
                    load_pack(d_out + at, y);
#pragma unroll
                    for (int j = 0; j < 8; j++) {
                        sum += x[j] * y[j];
                    }
                }
            } else {
                int columns = min(8, shape.size - 8 * lane);
#pragma unroll 1
                for (int j = 0; j < columns; j++) {
                    sum += to_float(out[at + j]) * to_float(d_out[at + j]);
                }
            }
        }
        sum = warp_sum<LANES>(sum);
        if (lane == 0) {
            float2 pair = make_float2(0, 0);
            if (query < shape.length) {
                pair = make_float2(log_sum_exp[head.statistic(shape.length, query)] * LOG2_E, sum);
            }
            write(i, pair);
        }
    }
}
