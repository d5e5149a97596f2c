// The kernels of projected_attention_bf16.cu for the H100 and H200: the product forward with wgmma, the same otherwise. FLOPs, bytes and
// both floors are those of its table. Forward the second-level cache is a third one, and the longest: 119 MB a launch as counted on the
// simulated device, 18 us at 6.5 TB/s, where estimates are 5.5 to 7. Target: 60 % of that.
//
// Layout: two warpgroups have 64 tokens and 192 outputs each, 96 sums a thread as with mma.sync. Rows of a stage are panels as wgmma reads
// them: of 64 summands 64 KB (8 KB of tokens and 24 KB of outputs for each warpgroup), where warps with mma.sync read 128 by an instruction
// for every 4 matrices. A block waits for its product before it goes on; the other block of the multiprocessor works meanwhile.
//
// Backward, where a warp's product has 16 x 64 results, wgmma would read 32 KB instead of 80, but assemblers before that of CUDA 13.0 then
// spill a register.
#include "projected_attention/kernels.cuh"
#include "projected_attention/warp_products.cuh"
#include "projected_attention/warpgroup_products.cuh"

PROJECTED_ATTENTION(WarpgroupForwardProduct, WarpBackwardProduct)
