/**
 * Models for tasks: the discriminator's encoder under a head of its own, and their files in HuggingFace's layout.
 *
 * <p>{@link org.jelectra.electra.heads.EncoderWithHead} owns all parameters; a head is any class that adds its parameters to the
 * model's arena when it is made and records its operations on a tape, as
 * {@link org.jelectra.electra.heads.ClassificationHead} does. Another head is one more class and one more
 * {@link org.jelectra.electra.heads.EncoderWithHead.HeadFactory}; nothing else has to know of it.
 */
package org.jelectra.electra.heads;
