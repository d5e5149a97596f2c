/**
 * The CUDA backend. {@link org.jelectra.backend.cuda.CudaBackend} has the operands checked and hands each operation to the class that
 * prepares its launches. {@code *} stands for forms of one operation, backward among them.
 *
 * <pre>
 * operation                                   class                kernels/*.cu
 * fill, add, dropout, gelu*                   Elementwise          elementwise, gelu
 * linear, linearGelu, linearBackward*         LinearLayers         gemm_f32, gemm_bf16, sum_parts, column_sums
 * addLayerNorm*                               AddLayerNorm         layer_norm
 * linearAddLayerNorm, its backward            AddLayerNormProducts gemm_layer_norm
 * feedForwardAddLayerNorm, its backward       FeedForward          feed_forward
 * layerNorm*, with dropout behind it          LayerNorm            layer_norm
 * linearGeluLayerNorm, its backward           LayerNormProducts    gemm_layer_norm
 * attention*                                  Attention            attention_bf16, attention_f32
 * selfAttention*                              SelfAttention        self_attention_bf16, projected_attention_bf16
 * chain                                       SequenceChain        encoder_bf16
 * gradientGroup                               CudaGradientGroup    gemm_f32, gemm_bf16, sum_parts
 * embedding                                   Embeddings           embedding
 * embeddingLayerNorm*                         EmbeddingLayerNorm   embedding, embedding_projection
 * embeddingBackward                           EmbeddingGradients   embedding
 * gatherRows*                                 Rows                 rows
 * crossEntropy*, sigmoidCrossEntropy*         Losses               losses
 * copyCrossEntropy*                           CopyCrossEntropy     copy_cross_entropy
 * policyGradient                              PolicyGradient       policy_gradient
 * squaredError, spanCrossEntropy              TaskLosses           task_losses
 * poolPositions*                              PositionPooling      position_pooling
 * sampleMultinomial, sampleGumbel,
 * replaceTokens                               Sampling             sampling
 * globalNorm, adamW                           Optimizer            optimizer
 * </pre>
 *
 * <p>An operation without a kernel for its sizes is done by those of its parts. Under all: {@code Device} with {@code KernelModules},
 * which loads the PTX under {@code src/main/resources/org/jelectra/kernels}; {@code Gemm*}, the products and their tiles;
 * {@code PartSums}, sums that several launches leave in parts. Beside them: {@code Transfers} and {@code PinnedReadback}, which copy;
 * {@code Recorded}, CUDA graphs; {@code EventStopwatch}.
 */
package org.jelectra.backend.cuda;
