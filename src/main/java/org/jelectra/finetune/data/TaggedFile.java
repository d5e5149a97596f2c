package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.corpus.TextLines;

/**
 * The sentences of a file as the CoNLL shared tasks have them: a word a line, columns separated by white space, a blank line
 * after each sentence; lines that begin with {@code -DOCSTART-} are passed over.
 *
 * @param file where they come from
 * @param sentences in the order of the file
 */
public record TaggedFile(Path file, List<TaggedSentence> sentences) {

    private static final String DOCUMENT = "-DOCSTART-";

    /**
     * Reads a file.
     *
     * @param word index of the word's column, negative from the end
     * @param tag index of the tag's column, negative from the end
     * @throws IOException if it has no sentence or a line lacks a column; the message names file and line
     */
    public static TaggedFile read(Path file, int word, int tag) throws IOException {
        List<TaggedSentence> sentences = new ArrayList<>();
        List<String> words = new ArrayList<>();
        List<String> tags = new ArrayList<>();
        try (TextLines lines = TextLines.open(file)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    end(sentences, words, tags);
                } else if (!line.startsWith(DOCUMENT)) {
                    String[] cells = line.strip().split("\\s+");
                    words.add(cell(file, lines.lineNumber(), cells, word, "word"));
                    tags.add(cell(file, lines.lineNumber(), cells, tag, "tag"));
                }
            }
        }
        end(sentences, words, tags);
        if (sentences.isEmpty()) {
            throw new IOException(file + ": expected tagged words, found none");
        }
        return new TaggedFile(file, List.copyOf(sentences));
    }

    /** The sentences that are measured where a part is held out; throws IOException where there are too few. */
    public TaggedFile measured(HeldOut heldOut) throws IOException {
        heldOut.requireTwo(sentences.size(), file);
        return new TaggedFile(file, heldOut.measured(sentences));
    }

    /** The others, that are trained on. */
    public TaggedFile trained(HeldOut heldOut) throws IOException {
        heldOut.requireTwo(sentences.size(), file);
        return new TaggedFile(file, heldOut.trained(sentences));
    }

    private static void end(List<TaggedSentence> sentences, List<String> words, List<String> tags) {
        if (!words.isEmpty()) {
            sentences.add(new TaggedSentence(List.copyOf(words), List.copyOf(tags)));
            words.clear();
            tags.clear();
        }
    }

    private static String cell(Path file, long line, String[] cells, int index, String what) throws IOException {
        int at = index < 0 ? cells.length + index : index;
        if (at < 0 || at >= cells.length || cells.length < 2) {
            throw new IOException(file + ":" + line + ": expected a word and a tag, the " + what + " in column " + index
                    + "; the line has " + cells.length + " columns");
        }
        return cells[at];
    }
}
