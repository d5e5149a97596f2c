// The weight update: the norm of all gradients, and AdamW over one arena of parameters.
//
//              bytes for n parameters            FLOPs    bound     floor on an H200 (4.3 TB/s) at n = 14.2 million
// global_norm  4 n                               2 n      memory    13 us
// adamw        28 n, with a bf16 copy 30 n       14 n     memory    99 us
//
// Target: 85 % of the floor. Both walk over the arena in pieces of fixed size, 16 bytes a load; the order of the norm's additions
// depends on n only. The norm and the learning rate are read on the device, so nothing waits for the host.

#include "common/last_block.cuh"
#include "common/packs.cuh"
#include "common/quads.cuh"
#include "common/reduce.cuh"

constexpr int THREADS = 256;

// Values of a block of global_norm.
constexpr int NORM_PIECE = 16384;

// norm[0] = sqrt(sum of squares): partials[b] is that of the values NORM_PIECE*b .. , at most 16 in each float32 sum, then float64. A
// norm that is not finite stays.
extern "C" __global__ void __launch_bounds__(THREADS)
    global_norm(const float* x, long long n, double* partials, unsigned* counter, float* norm) {
    __shared__ double shared[32];
    bool packed = is_packed(x);
    float sum[4] = {};
#pragma unroll 4
    for (int k = 0; k < NORM_PIECE / 4 / THREADS; k++) {
        long long i = static_cast<long long>(blockIdx.x) * NORM_PIECE + 4 * (k * THREADS + threadIdx.x);
        float v[4];
        load_some(x + i, n - i, packed, v);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            sum[j] += v[j] * v[j];
        }
    }
    double total = block_sum(static_cast<double>((sum[0] + sum[1]) + (sum[2] + sum[3])), shared);
    if (threadIdx.x == 0) {
        publish(partials + blockIdx.x, total);
    }
    if (!is_last_block(counter)) {
        return;
    }
    total = 0;
#pragma unroll 4
    for (int block = threadIdx.x; block < gridDim.x; block += THREADS) {
        total += published(partials + block);
    }
    total = block_sum(total, shared);
    if (threadIdx.x == 0 && isfinite(norm[0])) {
        norm[0] = sqrtf(static_cast<float>(total));
    }
}

// Parameters first .. first+count-1 of one segment, for one block.
struct Piece {
    long long first;
    int count;
    float rate_factor;
    float weight_decay;
};

struct AdamW {
    float clip;
    float beta1;
    float complement1;
    float beta2;
    float complement2;
    float epsilon;
    float rate;
    float weight_decay;

    __device__ __forceinline__ void update(float& p, float gradient, float& m, float& v) const {
        float g = clip * gradient;
        m = beta1 * m + complement1 * g;
        v = beta2 * v + complement2 * (g * g);
        p -= rate * (m / (sqrtf(v) + epsilon) + weight_decay * p);
    }
};

// One block for each piece; where the norm is not finite, nothing changes. complement1 and complement2 are 1 - beta, rounded once; clip_norm 0: no clipping; copy: the
// parameters in bf16, or null.
extern "C" __global__ void __launch_bounds__(THREADS) adamw(
    float* parameters,
    const float* gradients,
    float* first_moment,
    float* second_moment,
    bf16* copy,
    const Piece* pieces,
    const float* norm,
    const float* learning_rate,
    float clip_norm,
    float beta1,
    float complement1,
    float beta2,
    float complement2,
    float epsilon) {
    Piece piece = pieces[blockIdx.x];
    float length = norm[0];
    if (!isfinite(length)) {
        return;
    }
    float clip = clip_norm > 0 && length > clip_norm ? clip_norm / length : 1.0f;
    AdamW adamw = {
        clip,
        beta1,
        complement1,
        beta2,
        complement2,
        epsilon,
        learning_rate[0] * piece.rate_factor,
        piece.weight_decay};
    bool whole = is_quad(parameters) && is_quad(gradients) && is_quad(first_moment) && is_quad(second_moment) &&
        is_quad(copy);
    long long end = piece.first + piece.count;
    for (long long i = (piece.first & -4ll) + 4 * threadIdx.x; i < end; i += 4 * THREADS) {
        if (whole && i >= piece.first && i + 4 <= end) {
            float4 p = load_quad(parameters + i);
            float4 g = load_quad(gradients + i);
            float4 m = load_quad(first_moment + i);
            float4 v = load_quad(second_moment + i);
            adamw.update(p.x, g.x, m.x, v.x);
            adamw.update(p.y, g.y, m.y, v.y);
            adamw.update(p.z, g.z, m.z, v.z);
            adamw.update(p.w, g.w, m.w, v.w);
            store_quad(parameters + i, p);
            store_quad(first_moment + i, m);
            store_quad(second_moment + i, v);
            if (copy != nullptr) {
                store_quad(copy + i, p);
            }
        } else {
            for (long long e = max(i, piece.first); e < min(i + 4, end); e++) {
                adamw.update(parameters[e], gradients[e], first_moment[e], second_moment[e]);
                if (copy != nullptr) {
                    store(copy + e, parameters[e]);
                }
            }
        }
    }
}
