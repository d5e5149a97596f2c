package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The sentences of a file as the CoNLL shared tasks have them: a word a line, columns divided by white space, or in a line that
 * has a tab by tabs alone, as many as in the first such line; a blank line after each sentence. Passed over are lines that begin with
 * {@code -DOCSTART-}, in files of more than two columns comments before a sentence, and what in CoNLL-U is no word.
 *
 * @param file where they come from
 * @param sentences in the order of the file
 * @param leftOut lines of CoNLL-U that are no words: ranges of words (1-2) and empty nodes (1.1)
 */
public record TaggedFile(Path file, List<TaggedSentence> sentences, long leftOut) {

    /** Sentences of which no line was left out. */
    public TaggedFile(Path file, List<TaggedSentence> sentences) {
        this(file, sentences, 0);
    }

    /**
     * Reads a file.
     *
     * @param word index of the word's column, negative from the end
     * @param tag index of the tag's column, negative from the end
     * @throws IOException if it has no sentence, or a line has no such column, nothing there, or more or fewer columns than the
     *     first; the message names file and line
     */
    public static TaggedFile read(Path file, int word, int tag) throws IOException {
        return new TaggedLines(file, word, tag).read();
    }

    /** The tags that occur, sorted. */
    public Collection<String> tags() {
        TreeSet<String> tags = new TreeSet<>();
        sentences.forEach(sentence -> tags.addAll(sentence.tags()));
        return tags;
    }

    /** What the user should know of the file; nothing mostly. */
    public List<String> warnings() {
        return leftOut == 0
                ? List.of()
                : List.of(file + ": left out " + leftOut + " lines of CoNLL-U that are no words (1-2, 1.1)");
    }

    /** The sentences that are measured where a part is held out; throws IOException where there are too few. */
    public TaggedFile measured(HeldOut heldOut) throws IOException {
        heldOut.requireTwo(sentences.size(), file);
        return new TaggedFile(file, heldOut.measured(sentences), leftOut);
    }

    /** The others, that are trained on. */
    public TaggedFile trained(HeldOut heldOut) throws IOException {
        heldOut.requireTwo(sentences.size(), file);
        return new TaggedFile(file, heldOut.trained(sentences), leftOut);
    }
}
