/**
 * Training of WordPiece vocabularies: {@link org.jelectra.text.vocab.VocabularyTrainer} makes one from text, {@link
 * org.jelectra.text.vocab.Coverage} measures how well one suits a text.
 */
package org.jelectra.text.vocab;
