/**
 * From text to sequences of tokens: {@link org.jelectra.text.WordPiece} turns the documents that {@link org.jelectra.text.corpus}
 * reads into ids of a {@link org.jelectra.text.Vocabulary}, and {@link org.jelectra.text.SequencePacker} packs those into
 * sequences without dropping a token, in memory; {@link org.jelectra.text.shards} does so on disk. {@link org.jelectra.text.batch}
 * makes masked batches of them, {@link org.jelectra.text.vocab} learns a vocabulary. Everything random is a pure function of the
 * seed and the step, so a run can be resumed at any step and the number of threads changes nothing.
 */
package org.jelectra.text;
