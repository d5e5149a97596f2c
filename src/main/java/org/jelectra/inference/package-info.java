/**
 * Trained models at work: load a directory, give text, get labels, scores, tags, answers, vectors or tokens for a mask.
 *
 * <p>{@link org.jelectra.inference.TextClassifier}, {@link org.jelectra.inference.TextRegressor},
 * {@link org.jelectra.inference.WordTagger}, {@link org.jelectra.inference.ContextReader} and
 * {@link org.jelectra.inference.VectorEncoder} read directories that fine-tuning wrote, or HuggingFace's code; the last one reads
 * pre-trained models too. {@link org.jelectra.inference.ReplacedTokenDetector} reads pre-trained discriminators,
 * {@link org.jelectra.inference.MaskFiller} generators. {@link org.jelectra.inference.ModelKind} tells what a directory holds. Below them,
 * for one thread, {@link org.jelectra.inference.batch} runs a model on texts and {@link org.jelectra.inference.squad} answers questions.
 *
 * <p>All of them may be called by any number of threads. A loaded model has a thread of its own that alone touches the backend,
 * because a backend (a GPU's context most of all) belongs to one thread; callers cut their text into tokens themselves and wait
 * for their turn. One call with many texts is faster than many calls: texts of similar length are computed together. Memory is
 * given out once for the longest text and the largest batch and does not grow. Two loaded models share nothing.
 */
package org.jelectra.inference;
