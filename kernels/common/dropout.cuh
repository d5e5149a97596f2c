// The decisions of org.jelectra.backend.Dropout. Nothing is stored: the backward pass draws them again.
//
// Element e takes 16 bits of Philox block e/8: the low half of word (e/2)%4 for even e, the high half for odd; it stays iff
// they are at least the threshold. Elements are numbered from micro_batch * n on, in 64 bits.
#pragma once

#include "philox.cuh"

// The parameters of a kernel that say it all but for the number of elements, and the dropout that they are.
#define DROPOUT_PARAMETERS const int *clock, int stream, int threshold, float scale
#define READ_DROPOUT(ELEMENTS) Dropout::read(clock, stream, threshold, scale, ELEMENTS)

struct Dropout {
    Clock clock;
    unsigned stream;
    // below 65536
    unsigned threshold;
    float scale;
    unsigned long long first;

    // clock: int[4], or null for no dropout; n: elements of the whole operation.
    static __device__ __forceinline__ Dropout read(
        const int* clock, int stream, int threshold, float scale, long long n) {
        if (clock == nullptr) {
            return {{make_uint2(0, 0), 0, 0}, 0, 0, 1.0f, 0};
        }
        Clock now = Clock::read(clock);
        return {now, static_cast<unsigned>(stream), static_cast<unsigned>(threshold), scale, now.first(n)};
    }

    __device__ __forceinline__ bool active() const { return threshold != 0; }

    // Sets BIT where the low half of a word keeps its element, and the next where the high half does. An instruction under a condition: the
    // compiler would make it a selection and an addition.
    template <unsigned BIT>
    __device__ __forceinline__ void add_bits(unsigned& bits, unsigned word) const {
        asm("{.reg .pred low, high; setp.ge.u32 low, %1, %3; setp.ge.u32 high, %2, %3; "
            "@low or.b32 %0, %0, %4; @high or.b32 %0, %0, %5;}"
            : "+r"(bits)
            : "r"(word << 16), "r"(word), "r"(threshold << 16), "n"(BIT), "n"(2 * BIT));
    }

    // The decisions of elements 8*block .. 8*block+7 (numbered with first): bit j is set iff element 8*block+j stays.
    __device__ __forceinline__ unsigned kept(unsigned long long block) const {
        uint4 w = clock.words(stream, block);
        unsigned bits = 0;
        add_bits<1>(bits, w.x);
        add_bits<4>(bits, w.y);
        add_bits<16>(bits, w.z);
        add_bits<64>(bits, w.w);
        return bits;
    }

    // The decisions of COUNT (at most 8) elements from element i of the operation on, in bits 0 .. COUNT-1. They take one
    // block where first + i is a multiple of COUNT and COUNT divides 8, else up to two.
    template <int COUNT>
    __device__ __forceinline__ unsigned kept_from(long long i) const {
        unsigned long long element = first + i;
        unsigned shift = static_cast<unsigned>(element) & 7;
        unsigned bits = kept(element >> 3) >> shift;
        if (shift + COUNT > 8) {
            bits |= kept((element >> 3) + 1) << (8 - shift);
        }
        return bits;
    }

    // Dropout of element i of the operation.
    __device__ __forceinline__ float apply(long long i, float x) const {
        return !active() ? x : kept_from<1>(i) & 1 ? x * scale : 0.0f;
    }

    // Dropout of COUNT elements from element i of the operation on.
    template <int COUNT>
    __device__ __forceinline__ void apply(long long i, float (&x)[COUNT]) const {
        if (active()) {
            keep(kept_from<COUNT>(i), x);
        }
    }

    // The same where first + i is a multiple of COUNT, 4 or 8, and COUNT divides the number of elements: without bits between.
    template <int COUNT>
    __device__ __forceinline__ void apply_aligned(long long i, float (&x)[COUNT]) const {
        if (active()) {
            apply_active(i, x);
        }
    }

    // The same where dropout is known to be active: callers with several packs ask once, so that the packs do not wait for each other.
    template <int COUNT>
    __device__ __forceinline__ void apply_active(long long i, float (&x)[COUNT]) const {
        static_assert(COUNT == 4 || COUNT == 8, "a block or half of one");
        unsigned long long element = first + i;
        uint4 w = clock.words(stream, element >> 3);
        bool second = COUNT == 4 && (element & 4) != 0;
        const unsigned words[4] = {second ? w.z : w.x, second ? w.w : w.y, w.z, w.w};
#pragma unroll
        for (int j = 0; j < COUNT; j++) {
            unsigned high = j % 2 == 0 ? words[j / 2] << 16 : words[j / 2];
            x[j] = high >= threshold << 16 ? x[j] * scale : 0.0f;
        }
    }

    template <int COUNT>
    __device__ __forceinline__ void keep(unsigned bits, float (&x)[COUNT]) const {
#pragma unroll
        for (int j = 0; j < COUNT; j++) {
            x[j] = bits >> j & 1 ? x[j] * scale : 0.0f;
        }
    }
};
