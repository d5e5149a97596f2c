/**
 * From text to training batches: {@link org.jelectra.text.corpus.Corpus} reads documents, {@link org.jelectra.text.WordPiece} turns
 * them into ids, {@link org.jelectra.text.SequencePacker} packs those into sequences without dropping a token, and
 * {@link org.jelectra.text.BatchSource} makes masked batches of them. Everything random is a pure function of the seed and
 * the step, so a run can be resumed at any step and the number of threads changes nothing.
 */
package org.jelectra.text;
