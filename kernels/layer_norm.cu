// Layer normalisation of dropout(x) + residual over M rows of width H, forward and backward; and dropout of the layer normalisation
// of x, which the embeddings need, in the kernels named layer_norm_dropout; its backward pass with that of GELU before it, which the
// masked-token head needs, in those named layer_norm_gelu.
//
//                     bytes (float32 / bf16)      FLOPs            bound
// forward             16 M H /  8 M H             9 M H            memory; 8 M more for the statistics
// backward            16 M H /  8 M H            15 M H            memory; 8 M more to read the statistics
// dropout_forward      8 M H /  4 M H             9 M H            as forward
// dropout_backward    12 M H /  6 M H            15 M H            as backward
// gelu_backward       16 M H /  8 M H            41 M H            as backward
//
// Floors on an H200 (4.3 TB/s) at 16384 x 256, in bf16: 7.8 us each way; in float32 15.6 us. Target 70 %: the tensors fit
// the second-level cache, and a kernel of a few microseconds pays its start and end. Without a residual a quarter less; dropout of
// the result 3.9 us forward and 5.9 us backward. gelu_backward of 2432 rows of 128 in bf16: 0.6 us, 0.9 us of two launches.
//
// Widths 64, 128, 256, 768 and 1024 have variants with one warp (or a part of it) for a row, 16 bytes a lane at a time, and
// the row in registers: no shared memory in the row's way and no wait between warps. The backward pass also keeps the column
// sums of its lane's columns in registers, so dy and sum are read once; its blocks are as large as two of them fit a
// multiprocessor, which keeps the partial sums few. The launcher takes the number of threads from the kernel.
//
// At all other widths the floors are the same, but a row is read again from the caches for each pass over it: sum twice more forward;
// dy and sum once more backward, and once for the column sums. gamma and beta are read once for all rows of a block, 8 or more.

#include "layer_norm/backward.cuh"
#include "layer_norm/backward_any.cuh"
#include "layer_norm/backward_gelu.cuh"
#include "layer_norm/finish.cuh"
#include "layer_norm/forward.cuh"
#include "layer_norm/forward_any.cuh"

#define FORWARD_PARAMETERS(T)                                                                                        \
    const T *x, DROPOUT_PARAMETERS, const T *residual, const float *gamma, const float *beta, float epsilon, T *sum, \
        T *y, float *stats, long long rows
#define BACKWARD_PARAMETERS(T) \
    const T *dy, const T *sum, const float *stats, const float *gamma, DROPOUT_PARAMETERS, T *dx, T *dResidual, long long rows

#define FORWARD(WIDTH, BLOCKS, T, SUFFIX)                                                          \
    extern "C" __global__ void __launch_bounds__(256, BLOCKS)                                      \
        layer_norm_forward_w##WIDTH##SUFFIX(FORWARD_PARAMETERS(T)) {                               \
        ForwardOptions options = {gamma, beta, epsilon, stats, rows};                              \
        forward<T, WIDTH, 256>(x, READ_DROPOUT(rows * WIDTH), residual, options, sum, y);          \
    }

#define BACKWARD(WIDTH, THREADS, T, SUFFIX)                                                        \
    extern "C" __global__ void __launch_bounds__(THREADS, 2)                                       \
        layer_norm_backward_w##WIDTH##SUFFIX(BACKWARD_PARAMETERS(T), float* partials) {            \
        BackwardOperands<T> operands = {dy, sum, stats, gamma, rows, dx, dResidual};               \
        backward<T, WIDTH, THREADS>(operands, READ_DROPOUT(rows * WIDTH), partials);               \
    }

#define SAME_THREADS(T, SUFFIX)   \
    FORWARD(64, 5, T, SUFFIX)        \
    FORWARD(128, 5, T, SUFFIX)       \
    FORWARD(256, 4, T, SUFFIX)       \
    FORWARD(768, 2, T, SUFFIX)       \
    FORWARD(1024, 2, T, SUFFIX)      \
    BACKWARD(64, 512, T, SUFFIX)  \
    BACKWARD(128, 512, T, SUFFIX) \
    BACKWARD(768, 192, T, SUFFIX)

// The kernels above and dropout by itself one after the other, bit for bit, at the width of small embeddings: with larger ones a step
// is too long for four launches to matter.
#define DROPOUT(T, SUFFIX)                                                                                             \
    extern "C" __global__ void __launch_bounds__(256, 5) layer_norm_dropout_forward_w128##SUFFIX(                      \
        const T *x, DROPOUT_PARAMETERS, const float *gamma, const float *beta, float epsilon, T *y, float *stats,      \
        long long rows) {                                                                                              \
        ForwardOptions options = {gamma, beta, epsilon, stats, rows};                                                  \
        forward<T, 128, 256, true>(x, READ_DROPOUT(rows * 128), nullptr, options, nullptr, y);                         \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(512, 2) layer_norm_dropout_backward_w128##SUFFIX(                     \
        const T *dy, const T *x, const float *stats, const float *gamma, DROPOUT_PARAMETERS, T *dx, long long rows,    \
        float *partials) {                                                                                             \
        BackwardOperands<T> operands = {dy, x, stats, gamma, rows, dx, nullptr};                                       \
        backward<T, 128, 512, true>(operands, READ_DROPOUT(rows * 128), partials);                                     \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(512, 2) layer_norm_gelu_backward_w128##SUFFIX(                        \
        const T *dy, const T *x, const float *stats, const float *gamma, DROPOUT_PARAMETERS, T *dx, long long rows,    \
        float *partials, const T *preActivation) {                                                                     \
        BackwardOperands<T> operands = {dy, x, stats, gamma, rows, dx, nullptr};                                       \
        backward_gelu<T, 128, 512>(operands, preActivation, READ_DROPOUT(rows * 128), partials);                       \
    }

#define ANY_WIDTH(T, SUFFIX)                                                                                       \
    extern "C" __global__ void __launch_bounds__(256)                                                              \
        layer_norm_forward##SUFFIX(FORWARD_PARAMETERS(T), int width, int lanes) {                                  \
        ForwardOptions options = {gamma, beta, epsilon, stats, rows};                                              \
        forward_any(x, READ_DROPOUT(rows* width), residual, options, sum, y, width, lanes);                        \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(256)                                                              \
        layer_norm_backward##SUFFIX(BACKWARD_PARAMETERS(T), int width, int lanes) {                                \
        BackwardOperands<T> operands = {dy, sum, stats, gamma, rows, dx, dResidual};                               \
        backward_any(operands, READ_DROPOUT(rows* width), width, lanes);                                           \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) layer_norm_partials##SUFFIX(                                 \
        const T* dy, const T* sum, const float* stats, long long rows, int width, int chunk, float* partials) {    \
        parameter_partials(dy, sum, stats, rows, width, chunk, partials);                                          \
    }

SAME_THREADS(float, _f32)
SAME_THREADS(bf16, _bf16)
BACKWARD(256, 384, float, _f32)
BACKWARD(256, 512, bf16, _bf16)
BACKWARD(1024, 128, float, _f32)
BACKWARD(1024, 192, bf16, _bf16)
DROPOUT(float, _f32)
DROPOUT(bf16, _bf16)
ANY_WIDTH(float, _f32)
ANY_WIDTH(bf16, _bf16)

extern "C" __global__ void __launch_bounds__(1024)
    layer_norm_finish(const float* partials, int count, int width, float* dGamma, float* dBeta) {
    finish(partials, count, width, dGamma, dBeta);
}
