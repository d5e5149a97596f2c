package org.jelectra.cli;

import org.jelectra.text.PackedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/**
 * The text of a run, ready to be trained on.
 *
 * @param description where it comes from
 * @param packed its sequences
 * @param vocabulary the vocabulary of their ids
 * @param wordPiece how the text was normalised
 */
record TrainingText(String description, PackedCorpus packed, Vocabulary vocabulary, WordPieceOptions wordPiece) {}
