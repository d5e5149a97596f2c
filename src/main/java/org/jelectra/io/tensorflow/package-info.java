/**
 * Reads checkpoints of TensorFlow ({@code NAME.index} and {@code NAME.data-00000-of-00001}), as {@code tf.train.Saver} writes them
 * since TensorFlow 1.0. {@link org.jelectra.io.tensorflow.CheckpointPrefix} finds one,
 * {@link org.jelectra.io.tensorflow.TensorBundle} reads it; neither knows a model.
 *
 * <p>Source: TensorFlow's {@code util/tensor_bundle}, {@code protobuf/tensor_bundle.proto} and {@code lib/io/table_format.txt}.
 */
package org.jelectra.io.tensorflow;
