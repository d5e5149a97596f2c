// Many layers of an encoder by one launch each way, for width 64 = one head of 64 and up to 128 tokens: a sequence depends on no other
// one in self-attention, feed-forward layers and layer normalisation, so a block goes through all of them with its own. bf16 values, float
// sums on tensor cores. Both floors are the sums of those of the launches whose work this is (self_attention_bf16.cu, feed_forward.cu,
// layer_norm.cu), FLOPs and bytes alike; for 12 layers with 256 intermediate values and 128 x 128 tokens, in us on an H200 (4.3 TB/s,
// 790 TFLOP/s):
//
//              compute   memory   launches that it replaces
// forward      33        113      24
// backward     45        149      25
//
// What a layer reads of the one before it is in the second-level cache, mostly: a block has just written it. What it is to save lies
// between launches: their starts and ends, and the wait of all blocks for the slowest one.
//
// Neither floor is near: with one block of two warps a scheduler, phases that are bound by different resources follow each other, and
// what a warp waits for nobody hides. So a task shall not begin with one way to memory and back after the other: rows of the table come
// two tasks ahead (task.cuh), what the forward pass left is on its way to the second-level cache during the task before (fetch.cuh), and
// parameters come with a task's first copies. Target: 40 % of the floors.
//
// Layout: a block has one sequence, 8 warps, and goes through a table of tasks in device memory, a barrier before each. A task is what a
// single launch does, by the same functions, so that the bits are the same: of self-attention that launch has the same blocks; a
// feed-forward part has 128 rows a block instead of 64, by twice as many warps, which read each weight once for both halves. Only the
// column sums over a block's rows, for gamma and beta, are others. Shared memory as self-attention has it, which is the larger part, and
// rows of the table behind it; registers as for one block a multiprocessor.
#include "encoder/backward.cuh"
#include "encoder/forward.cuh"

// count tasks, of sequences of that length; a block has one. Kinds as in org.jelectra.backend.cuda.ChainTask.
extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 1) encoder_forward_d64_bf16(const Task* tasks, int count, int length) {
    TaskRows rows(tasks, count);
#pragma unroll 1
    for (int i = 0; i < count; i++) {
        const Task& task = rows.begin(i);
        auto meanwhile = [&] {
            if (i + 1 < count) {
                fetch_forward(rows[i + 1]);
            }
        };
        if (task.kind == 0) {
            run(task.as<SelfAttentionForwardArguments>(), meanwhile);
        } else {
            run(task.as<FeedForwardArguments>(), Tokens(length), meanwhile);
        }
    }
}

extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 1) encoder_backward_d64_bf16(const Task* tasks, int count, int length) {
    TaskRows rows(tasks, count);
#pragma unroll 1
    for (int i = 0; i < count; i++) {
        const Task& task = rows.begin(i);
        auto meanwhile = [&] {
            if (i + 1 < count) {
                fetch_backward(rows[i + 1], Tokens(length));
            }
        };
        switch (task.kind) {
            case 0:
                run<false>(task.as<SelfAttentionBackwardArguments>(), meanwhile);
                break;
            case 1:
                run<true>(task.as<SelfAttentionBackwardArguments>(), meanwhile);
                break;
            case 2:
                run(task.as<FeedForwardBackwardArguments>(), Tokens(length), task.parts, meanwhile);
                break;
            default:
                meanwhile();
                run(task.as<LayerNormBackwardArguments>(), Tokens(length), task.parts);
        }
    }
}
