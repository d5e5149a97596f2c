// The kernels of projected_attention_bf16.cu for the H100 and H200: the product forward and everything backward with wgmma, the same
// otherwise. FLOPs, bytes and both floors are those of its table. Longer than both, as counted on the simulated device: forward the
// second-level cache, 119 MB a launch, 18 us at 6.5 TB/s, where estimates are 5.5 to 7; backward that cache, too, 17 us, next
// the issue of instructions, also 17 us (docs/results/2026-11-30-step-floors). Target: 60 % of that.
//
// Layout forward: two warpgroups have 64 tokens and 192 outputs each, 96 sums a thread as with mma.sync. Rows of a stage are panels as
// wgmma reads them: of 64 summands 64 KB (8 KB of tokens and 24 KB of outputs for each warpgroup), where warps with mma.sync read 128 by an
// instruction for every 4 matrices. A block waits for its product before it goes on; the other block of the multiprocessor works meanwhile.
//
// Layout backward: a warpgroup has 64 rows of every result. Of 64 summands of the product wgmma reads 32 KB instead of 80, of attention
// over 128 tokens 352 KB instead of 864. Scores and their gradients are of 64 keys and 32 queries at a time, and dropout is drawn while
// they are computed; both become, in registers or in shared memory, factors of what follows. Only the sums of the values' gradient are
// kept meanwhile: with those of the keys', too, the 128 registers that let two blocks share a multiprocessor are not enough. Keys and
// queries follow when the gradients of all scores lie in shared memory, each while the results before them go to memory.
#include "projected_attention/kernels.cuh"
#include "projected_attention/warpgroup_backward.cuh"
#include "projected_attention/warpgroup_products.cuh"

PROJECTED_ATTENTION(WarpgroupForwardProduct, WarpgroupBackward)
