// Sums of parts, for many gradients by one launch: target[i] += sum over p of parts[p, i], in an order that the shapes fix.
//
// Parts are what the blocks of a launch before left: of a weight's gradient whose k was cut up, of a bias, or of the gamma and beta of
// a layer normalisation. Bytes: parts read once, targets read and written once; one addition for each element of a part. Bound by
// memory or the cache, in which the parts still are: in a step of preset small 50 MB, 12 us of an H200's memory (4.3 TB/s;
// docs/results/2026-11-30-step-floors); for layer normalisations alone 264 parts of 2 KB each, below a microsecond.
//
// A block finds its entry in a table. Its threads lie side by side over the elements and, where there are many parts, in up to 32
// lanes below each other: a lane adds every lanes-th part, then lanes are added in a tree. Many lanes because few elements in many
// parts, such as 256 in 264, would else wait for one load after the other. Where several launches left parts for one target, such as
// the normalisation of embeddings that two networks share, the entry has others behind it, and a lane adds the parts of each in turn.
#include "common/table.cuh"
#include "common/values.cuh"

constexpr int THREADS = 256;

// As written by PartSums.java.
struct PartSum {
    const float* parts;
    float* target;
    // elements of the target, and from one part to the next
    long long count;
    long long stride;
    int number;
    // place of the entry with more parts for the target, of which only these, their stride and number count; 0 for none
    int next;
    // a power of two, at most 32
    int lanes;
    // 1 where addresses, count and stride are multiples of 4 floats
    int packs;
};

template <int V>
__device__ __forceinline__ void add_parts(
    const PartSum* table, const PartSum& sum, int block, float (*shared)[THREADS]) {
    int lanes = sum.lanes;
    int across = THREADS / lanes;
    int lane = threadIdx.x / across;
    long long i = (static_cast<long long>(block) * across + threadIdx.x % across) * V;
    bool inside = i < sum.count;
    float total[V] = {};
    const PartSum* source = inside ? &sum : nullptr;
    while (source != nullptr) {
        const float* part = source->parts + lane * source->stride + i;
        long long step = lanes * source->stride;
        int number = source->number;
        int more = source->next;
#pragma unroll 4
        for (int p = lane; p < number; p += lanes) {
            float x[V];
            if constexpr (V == 4) {
                load_pack(part, x);
            } else {
                x[0] = *part;
            }
            part += step;
#pragma unroll
            for (int v = 0; v < V; v++) {
                total[v] += x[v];
            }
        }
        source = more == 0 ? nullptr : table + more;
    }
#pragma unroll
    for (int v = 0; v < V; v++) {
        shared[v][threadIdx.x] = total[v];
    }
    for (int half = lanes / 2; half > 0; half /= 2) {
        __syncthreads();
        if (lane < half) {
#pragma unroll
            for (int v = 0; v < V; v++) {
                total[v] += shared[v][threadIdx.x + half * across];
                shared[v][threadIdx.x] = total[v];
            }
        }
    }
    if (inside && lane == 0) {
        float* to = sum.target + i;
        if constexpr (V == 4) {
            float before[V];
            load_pack(to, before);
#pragma unroll
            for (int v = 0; v < V; v++) {
                total[v] += before[v];
            }
            store_pack(to, total);
        } else {
            *to += total[0];
        }
    }
}

// count: entries of the table that have a target each, and their first blocks; behind them come the entries with more parts.
extern "C" __global__ void __launch_bounds__(THREADS) sum_parts(const PartSum* table, const int* firsts, int count) {
    __shared__ float shared[4][THREADS];
    Share share = share_of_block(firsts, count);
    const PartSum& sum = table[share.entry];
    if (sum.packs) {
        add_parts<4>(table, sum, share.block, shared);
    } else {
        add_parts<1>(table, sum, share.block, shared);
    }
}
