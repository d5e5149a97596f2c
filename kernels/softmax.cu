// Softmax over the last dimension of attention scores [B, A, S, S] with excluded keys, forward and backward; n = B A S S.
//
//            bytes (float32 / bf16)    FLOPs     bound
// forward     8 n /  4 n               14 n      memory; 4 bytes of mask for each key and 8 rows more
// backward   12 n /  6 n                4 n      memory
//
// Floors on an H200 (4.3 TB/s) at B=128, A=4, S=128 (8.4 M scores): 16 / 8 us forward, 23 / 12 us backward; target 75 %.
// Encoders use the fused attention instead, which never writes scores; this is for other uses of a backend.
//
// One warp for a row, no shared memory. Variants for widths up to 128 and up to 512 keep the row in registers.
// Grid forward: B ceil(A S / 64) blocks of 256 threads; backward: ceil(B A S / 8) blocks of 256 threads.

#include "softmax/backward.cuh"
#include "softmax/forward.cuh"

#define FORWARD_PARAMETERS(T) const T *x, const int *mask, T *y, int rows, int width, int blocks
#define BACKWARD_PARAMETERS(T) const T *y, const T *dy, T *dx, long long rows, int width

#define SOFTMAX(T, SUFFIX, PACKS128, PACKS512)                                                                     \
    extern "C" __global__ void __launch_bounds__(256) softmax_forward_w128##SUFFIX(FORWARD_PARAMETERS(T)) {        \
        forward<T, PACKS128>(x, mask, y, rows, width, blocks);                                                     \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) softmax_forward_w512##SUFFIX(FORWARD_PARAMETERS(T)) {        \
        forward<T, PACKS512>(x, mask, y, rows, width, blocks);                                                     \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) softmax_forward##SUFFIX(FORWARD_PARAMETERS(T)) {             \
        forward_any(x, mask, y, rows, width, blocks);                                                              \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) softmax_backward_w128##SUFFIX(BACKWARD_PARAMETERS(T)) {      \
        backward<T, PACKS128>(y, dy, dx, rows, width);                                                             \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) softmax_backward_w512##SUFFIX(BACKWARD_PARAMETERS(T)) {      \
        backward<T, PACKS512>(y, dy, dx, rows, width);                                                             \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) softmax_backward##SUFFIX(BACKWARD_PARAMETERS(T)) {           \
        backward_any(y, dy, dx, rows, width);                                                                      \
    }

SOFTMAX(float, _f32, 1, 4)
SOFTMAX(bf16, _bf16, 1, 2)
