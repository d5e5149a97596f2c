/**
 * Trained models as computation graphs that ONNX Runtime and other programs run without this library:
 * {@link org.jelectra.electra.onnx.OnnxExport}.
 */
package org.jelectra.electra.onnx;
