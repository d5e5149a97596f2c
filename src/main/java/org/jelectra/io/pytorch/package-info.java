/**
 * Reads the files that PyTorch's {@code torch.save} makes of a state dict. They hold a pickle, a program that Python would run; here
 * it runs on a machine that can make tensors, dictionaries and nothing else, and a file that asks for more is refused.
 */
package org.jelectra.io.pytorch;
