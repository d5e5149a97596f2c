// Replacement tokens for the masked positions: drawn from the generator's logits, and put into the discriminator's input.
//
//                      bytes, float32 / bf16 (R rows, V words, M tokens)    bound        floor on an H200 (4.3 TB/s)
// sample_multinomial   4.3 R V / 2.1 R V                                    memory       73 / 37 us at [2432, 30522]
// sample_gumbel        4 R V / 2 R V, with given uniforms 8 R V / 6 R V     arithmetic
// replace_tokens       12 M and 8 R for each 1024 tokens                    latency
//
// Target: 80 % of the floor for sample_multinomial. One number per row and a search in the row's running sums take an exponential
// per word; the Gumbel maximum takes a random number and two logarithms for each word, about 50 operations, which no longer
// hide behind the memory. It is here because the original implementation draws so.

#include "common/quads.cuh"
#include "common/softmax_row.cuh"

// One block draws a token of its row from softmax(logits / temperature): element r of the stream, one Philox block each.
template <class T>
__device__ __forceinline__ void sample_multinomial(
    const T* logits, int vocabulary, float inverse_temperature, const int* clock, int stream, int* sampled) {
    __shared__ SoftmaxShared shared;
    long long r = blockIdx.x;
    auto row = Row<const T>::of(logits, r, vocabulary);
    float max = softmax_sums(row, inverse_temperature, shared).value;
    if (threadIdx.x >= 32) {
        return;
    }
    Clock now = Clock::read(clock);
    int token = softmax_draw(row, inverse_temperature, max, now, stream, now.first(gridDim.x) + r, shared);
    if (threadIdx.x == 0) {
        sampled[r] = token;
    }
}

// The best score so far and the first column that has it.
struct Best {
    float score = -INFINITY;
    int column = 0x7FFFFFFF;

    __device__ __forceinline__ void offer(float other_score, int other_column) {
        if (other_score > score || (other_score == score && other_column < column)) {
            score = other_score;
            column = other_column;
        }
    }
};

// The best of all threads of the block, for thread 0; column 0 where no score is above -infinity.
__device__ __forceinline__ int block_best(Best best) {
    __shared__ float scores[32];
    __shared__ int columns[32];
#pragma unroll
    for (int step = 16; step > 0; step /= 2) {
        float score = __shfl_xor_sync(0xFFFFFFFFu, best.score, step);
        int column = __shfl_xor_sync(0xFFFFFFFFu, best.column, step);
        best.offer(score, column);
    }
    if ((threadIdx.x & 31) == 0) {
        scores[threadIdx.x >> 5] = best.score;
        columns[threadIdx.x >> 5] = best.column;
    }
    __syncthreads();
    for (int warp = 0; warp < blockDim.x >> 5; warp++) {
        best.offer(scores[warp], columns[warp]);
    }
    return best.score == -INFINITY ? 0 : best.column;
}

__device__ __forceinline__ float gumbel_score(float inverse_temperature, float x, float u) {
    return inverse_temperature * x - logf(-logf(u + 1e-9f) + 1e-9f);
}

// Threads take four columns of a row at a time, from column 4 k - shift on. That begins at a multiple of 16 elements, whole
// sectors of either type, so that a warp's request touches no more sectors than it needs.
constexpr int SECTOR_ELEMENTS = 16;

// The Gumbel maximum of one row with uniforms drawn here: element r * vocabulary + v of the stream, four to a Philox block. A
// thread takes the four columns of one block.
template <class T>
__device__ __forceinline__ void sample_gumbel(
    const T* logits, int vocabulary, float inverse_temperature, const int* clock, int stream, int* sampled) {
    long long r = blockIdx.x;
    Clock now = Clock::read(clock);
    unsigned long long first = now.first(static_cast<long long>(gridDim.x) * vocabulary) + r * vocabulary;
    int shift = static_cast<int>(first & (SECTOR_ELEMENTS - 1));
    unsigned long long block = (first - shift) >> 2;
    const T* x = logits + r * vocabulary - shift;
    bool whole = is_quad(x);
    Best best;
    for (int k = threadIdx.x; 4 * k - shift < vocabulary; k += blockDim.x) {
        int column = 4 * k - shift;
        uint4 words = now.words(stream, block + k);
        if (column >= 0 && column + 4 <= vocabulary) {
            float4 v = load_quad(x + 4 * k, 4, whole);
            best.offer(gumbel_score(inverse_temperature, v.x, uniform(words.x)), column);
            best.offer(gumbel_score(inverse_temperature, v.y, uniform(words.y)), column + 1);
            best.offer(gumbel_score(inverse_temperature, v.z, uniform(words.z)), column + 2);
            best.offer(gumbel_score(inverse_temperature, v.w, uniform(words.w)), column + 3);
        } else {
            unsigned word[4] = {words.x, words.y, words.z, words.w};
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if (column + i >= 0 && column + i < vocabulary) {
                    float v = load(x + 4 * k + i);
                    best.offer(gumbel_score(inverse_temperature, v, uniform(word[i])), column + i);
                }
            }
        }
    }
    int token = block_best(best);
    if (threadIdx.x == 0) {
        sampled[r] = token;
    }
}

// The same with given uniforms [rows, vocabulary]. The first and last of a row's fours can have values of its neighbours, which
// are read and left out.
template <class T>
__device__ __forceinline__ void sample_gumbel_given(
    const T* logits, int vocabulary, float inverse_temperature, const float* uniforms, int* sampled) {
    long long r = blockIdx.x;
    int shift = static_cast<int>(r * vocabulary & (SECTOR_ELEMENTS - 1));
    const T* x = logits + r * vocabulary - shift;
    const float* u = uniforms + r * vocabulary - shift;
    // elements from there to the end of all rows
    long long count = (gridDim.x - r) * vocabulary + shift;
    bool whole = is_quad(x) && is_quad(u);
    Best best;
    for (int k = threadIdx.x; 4 * k - shift < vocabulary; k += blockDim.x) {
        float4 v = load_quad(x + 4 * k, count - 4 * k, whole);
        float4 given = load_quad(u + 4 * k, count - 4 * k, whole);
        float logit[4] = {v.x, v.y, v.z, v.w};
        float number[4] = {given.x, given.y, given.z, given.w};
        int column = 4 * k - shift;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            if (column + i >= 0 && column + i < vocabulary) {
                best.offer(gumbel_score(inverse_temperature, logit[i], number[i]), column + i);
            }
        }
    }
    int token = block_best(best);
    if (threadIdx.x == 0) {
        sampled[r] = token;
    }
}

#define SAMPLING(SUFFIX, T)                                                                                        \
    extern "C" __global__ void __launch_bounds__(512, 2) sample_multinomial_##SUFFIX(                              \
        const T* logits, int vocabulary, float inverse_temperature, const int* clock, int stream, int* sampled) {  \
        sample_multinomial(logits, vocabulary, inverse_temperature, clock, stream, sampled);                       \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(512) sample_gumbel_##SUFFIX(                                      \
        const T* logits, int vocabulary, float inverse_temperature, const int* clock, int stream, int* sampled) {  \
        sample_gumbel(logits, vocabulary, inverse_temperature, clock, stream, sampled);                            \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(512) sample_gumbel_given_##SUFFIX(                                \
        const T* logits, int vocabulary, float inverse_temperature, const float* uniforms, int* sampled) {         \
        sample_gumbel_given(logits, vocabulary, inverse_temperature, uniforms, sampled);                           \
    }

SAMPLING(f32, float)
SAMPLING(bf16, bf16)

// Tokens of a block of replace_tokens.
constexpr int TILE = 1024;

// corrupted = ids, but sampled[s] at token rows[s] for slots s of positive weight, the last of several; labels = where they
// differ. Each block looks for the slots of its own tokens among all: so the order is kept with one launch and no memory
// between.
extern "C" __global__ void __launch_bounds__(256) replace_tokens(
    const int* ids,
    int tokens,
    const int* rows,
    const float* weights,
    const int* sampled,
    int slots,
    int* corrupted,
    int* labels) {
    __shared__ int last_slot[TILE];
    for (int i = threadIdx.x; i < TILE; i += blockDim.x) {
        last_slot[i] = -1;
    }
    __syncthreads();
    int first = blockIdx.x * TILE;
#pragma unroll 4
    for (int slot = threadIdx.x; slot < slots; slot += blockDim.x) {
        unsigned i = static_cast<unsigned>(rows[slot] - first);
        if (i < TILE && weights[slot] > 0) {
            atomicMax(&last_slot[i], slot);
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < TILE && first + i < tokens; i += blockDim.x) {
        int id = ids[first + i];
        int slot = last_slot[i];
        int token = slot < 0 ? id : sampled[slot];
        corrupted[first + i] = token;
        labels[first + i] = token == id ? 0 : 1;
    }
}
