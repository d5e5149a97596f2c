/**
 * Documents from files: {@link org.jelectra.text.corpus.Corpus} finds the files, plain text or JSON lines and packed or not, and
 * {@link org.jelectra.text.corpus.DocumentReader} reads them one after another, from any
 * {@link org.jelectra.text.corpus.CorpusPosition} on. Bytes that are not UTF-8 are errors that name file and line,
 * or are read over and counted ({@link org.jelectra.text.corpus.InvalidUtf8}).
 */
package org.jelectra.text.corpus;
