// Sum of the parts of products whose k was cut up: c[i] = sum over s of parts[s, i], or that + c[i], in the order of s.
//
// A product [m, n] over many k and few tiles, such as the gradient of a weight, would leave most multiprocessors without a block;
// cut into parts along k it fills them, and this adds the parts up. Bytes: parts read once, c read and written once. Bound by the
// cache: parts are written just before, and at 2 blocks a multiprocessor an H200 holds at most 264 tiles of 64 KB, 17 MB of its
// 60 MB. At [768, 256] from 21 parts that is 17.3 MB, 4 us at the 4.3 TB/s of its memory.
//
// A thread owns V neighbouring elements and walks over the parts; four loads are under way at a time.
#include "common/values.cuh"

constexpr int THREADS = 256;

// Block (x, z) has V * THREADS elements of batch z. count: elements of one result; a batch's parts lie one behind the other.
template <int V>
__device__ __forceinline__ void add_splits(const float* parts, int splits, long long count, float* c, int accumulate) {
    long long i = (static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x) * V;
    if (i >= count) {
        return;
    }
    const float* part = parts + static_cast<long long>(blockIdx.z) * splits * count + i;
    float* to = c + blockIdx.z * count + i;
    float sum[V] = {};
#pragma unroll 4
    for (int split = 0; split < splits; split++) {
        float x[V];
        if constexpr (V == 4) {
            load_pack(part, x);
        } else {
            x[0] = *part;
        }
#pragma unroll
        for (int v = 0; v < V; v++) {
            sum[v] += x[v];
        }
        part += count;
    }
    if constexpr (V == 4) {
        if (accumulate) {
            float before[V];
            load_pack(to, before);
#pragma unroll
            for (int v = 0; v < V; v++) {
                sum[v] += before[v];
            }
        }
        store_pack(to, sum);
    } else {
        *to = accumulate ? *to + sum[0] : sum[0];
    }
}

// count is a multiple of 4, and c of 16 bytes
extern "C" __global__ void __launch_bounds__(THREADS)
    gemm_add_splits_packs(const float* parts, int splits, long long count, float* c, int accumulate) {
    add_splits<4>(parts, splits, count, c, accumulate);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    gemm_add_splits(const float* parts, int splits, long long count, float* c, int accumulate) {
    add_splits<1>(parts, splits, count, c, accumulate);
}
