// Philox-4x32 with seven rounds: a counter-based generator, so every random number is a pure function of (key, counter) and the
// same on every backend. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), where seven
// rounds are the fewest that pass all of BigCrush; see org.jelectra.backend.Randomness.
#pragma once

// The four words of a block. key: (k0, k1); counter: (c0, c1, c2, c3).
__device__ __forceinline__ uint4 philox(uint2 key, uint4 counter) {
#pragma unroll
    for (int round = 0; round < 7; round++) {
        unsigned high0 = __umulhi(0xD2511F53u, counter.x);
        unsigned low0 = 0xD2511F53u * counter.x;
        unsigned high1 = __umulhi(0xCD9E8D57u, counter.z);
        unsigned low1 = 0xCD9E8D57u * counter.z;
        counter = make_uint4(high1 ^ counter.y ^ key.x, low1, high0 ^ counter.w ^ key.y, low0);
        key.x += 0x9E3779B9u;
        key.y += 0xBB67AE85u;
    }
    return counter;
}

// A uniform float in the open interval (0, 1): the upper 23 bits plus one half.
__device__ __forceinline__ float uniform(unsigned word) {
    return (static_cast<float>(word >> 9) + 0.5f) * 1.1920928955078125e-7f;
}

// What a training step's random numbers depend on, read on the device so that a replayed graph sees new numbers:
// int[4] of seed low, seed high, step, micro-batch.
struct Clock {
    uint2 key;
    unsigned step;
    int micro_batch;

    static __device__ __forceinline__ Clock read(const int* clock) {
        return {make_uint2(clock[0], clock[1]), static_cast<unsigned>(clock[2]), clock[3]};
    }

    // Number of the first element of an operation on n elements: micro-batches follow each other.
    __device__ __forceinline__ unsigned long long first(long long n) const {
        return static_cast<unsigned long long>(micro_batch * n);
    }

    // The four words of a block of elements of a stream.
    __device__ __forceinline__ uint4 words(unsigned stream, unsigned long long block) const {
        return philox(key, make_uint4(static_cast<unsigned>(block), static_cast<unsigned>(block >> 32), stream, step));
    }
};
