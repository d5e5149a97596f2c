// Where the parts of one head lie, and the random decisions and the mask of its probabilities.
#pragma once

#include "common/dropout.cuh"

// Sizes of one attention. Tensors as in org.jelectra.backend.Backend: qkv [B*S, 3*A*D], out [B*S, A*D], statistics [B,A,S].
struct Shape {
    int length;  // S
    int heads;   // A
    int size;    // D
    // whether every row of every head begins at a multiple of 16 bytes and has whole packs
    bool packed;

    __device__ __forceinline__ int hidden() const { return heads * size; }
    // distance between rows of qkv; offsets within a sequence fit 31 bits
    __device__ __forceinline__ int stride() const { return 3 * hidden(); }
};

// One sequence and head; task = sequence * A + head.
struct Head {
    int task;
    int sequence;
    int column;       // first of its columns in out, in biases and in weights
    long long query;  // offset of its first query in qkv
    long long out;    // offset of its first row in out

    // Offset of a query in the statistics [B,A,length].
    __device__ __forceinline__ long long statistic(int length, int position) const {
        return static_cast<long long>(task) * length + position;
    }

    // The head of this block, where each head has that many.
    static __device__ __forceinline__ Head of_block(const Shape& shape, int blocks) {
        // The compiler must not know that this is the block's number: it would keep offsets in registers from the beginning of
        // the kernel to its end, where computing them again costs next to nothing.
        int block = blockIdx.x;
        asm volatile("" : "+r"(block));
        return Head(shape, block / blocks);
    }

    // The same where each has one and its sequence is known: a division takes twenty instructions.
    static __device__ __forceinline__ Head of_block_in(const Shape& shape, int sequence) {
        int block = blockIdx.x;
        asm volatile("" : "+r"(block), "+r"(sequence));
        return Head(shape, block, sequence);
    }

    __device__ __forceinline__ Head(const Shape& shape, int number) : Head(shape, number, number / shape.heads) {}

    __device__ __forceinline__ Head(const Shape& shape, int number, int sequence_) : task(number), sequence(sequence_) {
        column = (task - sequence * shape.heads) * shape.size;
        query = static_cast<long long>(sequence) * (shape.length * shape.stride()) + column;
        out = static_cast<long long>(sequence) * (shape.length * shape.hidden()) + column;
    }
};

// The mask of keys 0 .. count-1 as bits in shared memory, 32 keys a word; bits from count on are 0. A barrier must follow.
__device__ __forceinline__ void read_mask(unsigned* words, const int* mask, int count) {
    int lane = threadIdx.x & 31;
    int padded = (count + 31) & ~31;
    for (int key = threadIdx.x; key < padded; key += blockDim.x) {
        unsigned word = __ballot_sync(0xFFFFFFFFu, key < count && mask[key] != 0);
        if (lane == 0) {
            words[key >> 5] = word;
        }
    }
}

// Keys up to the last that counts, rounded up to a multiple of 32.
__device__ __forceinline__ int counting_keys(const unsigned* words, int count) {
    int n = (count + 31) >> 5;
    while (n > 0 && words[n - 1] == 0) {
        n--;
    }
    return n << 5;
}

// Dropout of the probabilities, as the kernel's parameters say. The clock is read anew for every tile: kept for the whole kernel
// it would take six registers of the products.
struct ProbabilityDropout {
    const int* clock;  // null for no dropout
    int stream;
    int threshold;
    float scale;
    long long elements;

    __device__ __forceinline__ bool active() const { return clock != nullptr; }

    // The decisions of 8*OCTETS neighbouring keys, in bits from 0 on. They take OCTETS blocks of random numbers where rows begin
    // at multiples of 8 elements, one more otherwise.
    template <int OCTETS>
    __device__ __forceinline__ unsigned kept(const Shape& shape, const Head& head, int query, int key) const {
        Dropout dropout = Dropout::read(clock, stream, threshold, scale, elements);
        unsigned long long element = dropout.first
            + static_cast<unsigned long long>((static_cast<long long>(head.task) * shape.length + query) * shape.length + key);
        unsigned long long block = element >> 3;
        unsigned bits = 0;
#pragma unroll
        for (int octet = 0; octet < OCTETS; octet++) {
            bits |= dropout.kept(block + octet) << 8 * octet;
        }
        unsigned shift = static_cast<unsigned>(element) & 7;
        if (shift != 0) {
            bits = bits >> shift | dropout.kept(block + OCTETS) << (8 * OCTETS - shift);
        }
        return bits;
    }
};
