package org.jelectra.cli.pretrain;

import org.jelectra.text.PackedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Replacements;

/**
 * The text of a run, ready to be trained on.
 *
 * @param description where it comes from
 * @param prepared whether it was made by {@code prepare}
 * @param packed its sequences
 * @param vocabulary the vocabulary of their ids
 * @param wordPiece how the text was normalised
 * @param heldOutFraction share of the documents that was to be held out
 * @param packingSeed decided which sequences are split and which are shorter
 * @param replaced malformed bytes in it that were read as U+FFFD
 */
record TrainingText(
        String description,
        boolean prepared,
        PackedCorpus packed,
        Vocabulary vocabulary,
        WordPieceOptions wordPiece,
        double heldOutFraction,
        long packingSeed,
        Replacements replaced) {}
