// Exponentials by one instruction of the special function units.
#pragma once

constexpr float LOG2_E = 1.4426950408889634f;

// 2^x with a relative error below 2^-22; below 2^-126 it is 0.
__device__ __forceinline__ float exp2_approximate(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// e^x with a relative error of 2^-22 + 2^-24 |x|, in two instructions, where expf takes nine. A difference goes in as it is: scaled
// before, as in 2^(a log2 e - b log2 e), it would lose the bits that a and b have in common, and large numbers would overflow.
__device__ __forceinline__ float exp_approximate(float x) { return exp2_approximate(x * LOG2_E); }
