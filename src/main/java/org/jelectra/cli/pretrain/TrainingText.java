package org.jelectra.cli.pretrain;

import org.jelectra.text.PackedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Replacements;

/**
 * The text of a run, ready to be trained on.
 *
 * @param description where it comes from
 * @param packed its sequences
 * @param vocabulary the vocabulary of their ids
 * @param wordPiece how the text was normalised
 * @param replaced malformed bytes in it that were read as U+FFFD
 */
record TrainingText(
        String description,
        PackedCorpus packed,
        Vocabulary vocabulary,
        WordPieceOptions wordPiece,
        Replacements replaced) {}
