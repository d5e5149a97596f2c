/**
 * Files: the safetensors container, {@code .npy}, snapshots of a run, TensorBoard's event files, JSON, tables in Markdown, and writing a
 * file so that a reader sees the old or the new content and never half of one. {@link org.jelectra.io.pytorch} and
 * {@link org.jelectra.io.tensorflow} read other programs' weights, {@link org.jelectra.io.onnx} writes graphs. Every malformed input is an
 * {@link java.io.IOException} whose message names the file and what was expected.
 */
package org.jelectra.io;
