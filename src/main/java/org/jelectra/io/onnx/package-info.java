/**
 * Writes computation graphs in the format of ONNX, a message of Protocol Buffers: {@link org.jelectra.io.onnx.OnnxModel} with its
 * {@link org.jelectra.io.onnx.OnnxNode nodes}, {@link org.jelectra.io.onnx.OnnxValue inputs and outputs} and
 * {@link org.jelectra.io.onnx.OnnxTensor weights}. It knows the format and no model.
 *
 * <p>Source: {@code onnx.proto} and the document "Open Neural Network Exchange Intermediate Representation" of the ONNX project.
 */
package org.jelectra.io.onnx;
