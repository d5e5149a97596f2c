// What the blocks of a chain do one after the other: the parameters of the launches that a chain takes the place of, in their order and
// with their alignment, so that the same arguments fit both.
#pragma once

#include "layer_norm/backward.cuh"
#include "self_attention/backward.cuh"
#include "self_attention/forward.cuh"

// A row of the table, of ENTRY bytes.
struct Task {
    int kind;
    // partial sums [2, 64] that the launch leaves, at least as many as there are blocks
    int parts;
    unsigned long long arguments[23];

    template <class Arguments>
    __device__ __forceinline__ const Arguments& as() const {
        static_assert(sizeof(Arguments) <= sizeof(arguments), "arguments fit");
        return *reinterpret_cast<const Arguments*>(arguments);
    }
};

struct DropoutArguments {
    const int* clock;
    int stream;
    int threshold;
    float scale;

    // Of so many elements.
    __device__ __forceinline__ Dropout read(long long elements) const {
        return Dropout::read(clock, stream, threshold, scale, elements);
    }
};

struct SelfAttentionForwardArguments {
    SelfAttentionForward tensors;
    float* stats;
    const float* gamma;
    const float* beta;
    float epsilon;
    int length;
    float scale;
    DropoutArguments probabilities;
    DropoutArguments dropout;
};

struct FeedForwardArguments {
    const bf16* x;
    const bf16* inner;
    const float* inner_bias;
    const bf16* outer;
    const float* outer_bias;
    int intermediate;
    DropoutArguments dropout;
    const bf16* residual;
    const float* gamma;
    const float* beta;
    float epsilon;
    bf16* pre_activation;
    bf16* activation;
    bf16* sum;
    bf16* y;
    float* stats;
    long long rows;
};

// Without LayerNorm the last ones are missing.
struct SelfAttentionBackwardArguments {
    SelfAttentionBackward tensors;
    const bf16* added;
    bf16* dx;
    int length;
    float scale;
    DropoutArguments probabilities;
    const bf16* sum;
    const float* stats;
    const float* gamma;
    DropoutArguments dropout;
    bf16* d_residual;
    float* partials;
};

struct FeedForwardBackwardArguments {
    const bf16* dy;
    const bf16* outer;
    const bf16* inner;
    int intermediate;
    const bf16* pre_activation;
    bf16* d_pre_activation;
    const bf16* added;
    const bf16* sum;
    const float* stats;
    const float* gamma;
    DropoutArguments dropout;
    bf16* dx;
    bf16* d_residual;
    long long rows;
    float* partials;
};

struct LayerNormBackwardArguments {
    const bf16* dy;
    const bf16* sum;
    const float* stats;
    const float* gamma;
    DropoutArguments dropout;
    bf16* dx;
    bf16* d_residual;
    long long rows;
    float* partials;
};

// First token of this block's sequence, and the end of them.
struct Tokens {
    long long first;
    long long end;

    __device__ __forceinline__ explicit Tokens(int length)
        : first(static_cast<long long>(blockIdx.x) * length), end(first + length) {}
};

// Rows of the table in shared memory, two tasks ahead: a task's arguments cost no way to device memory and back, and it can prepare for
// the next one.
struct TaskRows {
    // behind what any task takes, see org.jelectra.backend.cuda.SequenceChain
    static constexpr int OFFSET = 98 * 1024;
    static constexpr int PLACES = 4;
    const Task* table;
    int count;

    __device__ __forceinline__ TaskRows(const Task* table_, int count_) : table(table_), count(count_) {
        copy(0);
        copy(1);
    }

    __device__ __forceinline__ const Task& operator[](int i) const {
        return reinterpret_cast<const Task*>(reinterpret_cast<const char*>(shared) + OFFSET)[i % PLACES];
    }

    // Begins to copy row i, where there is one.
    __device__ __forceinline__ void copy(int i) const {
        static_assert(sizeof(Task) % 16 == 0, "rows are whole packs");
        if (i < count && threadIdx.x < sizeof(Task) / 16) {
            copy_async(
                shared_address(&(*this)[i]) + 16 * threadIdx.x, reinterpret_cast<const uint4*>(table + i) + threadIdx.x, true);
        }
        commit_copies();
    }

    // Task i, once all threads are done with the one before; the next one's row is there, too.
    __device__ __forceinline__ const Task& begin(int i) const {
        wait_copies<0>();
        __syncthreads();
        copy(i + 2);
        return (*this)[i];
    }
};

// Zeros for the partial sums that no block has.
__device__ __forceinline__ void clear_parts(float* partials, int parts) {
    for (long long part = gridDim.x + blockIdx.x; part < parts; part += gridDim.x) {
        for (int i = threadIdx.x; i < 2 * 64; i += SEQUENCE_THREADS) {
            partials[part * (2 * 64) + i] = 0;
        }
    }
}
