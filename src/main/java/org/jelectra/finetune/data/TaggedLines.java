package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jelectra.text.corpus.TextLines;

/** Reads the lines of a {@link TaggedFile}, once. */
final class TaggedLines {

    private static final String DOCUMENT = "-DOCSTART-";
    /** Columns of CoNLL-U, whose first has the words' numbers. */
    private static final int CONLLU = 10;

    private record Line(long number, String[] cells, boolean tabs, boolean marked) {

        private static final Pattern END = Pattern.compile("\\s+$");

        static Line of(long number, String line) {
            // a word of Chinese may be U+3000, which is no ASCII white space
            String text = END.matcher(line).replaceFirst("");
            boolean tabs = text.indexOf('\t') >= 0;
            String[] cells = tabs
                    ? Arrays.stream(text.split("\t", -1)).map(String::trim).toArray(String[]::new)
                    : text.trim().split("\\s+");
            return new Line(number, cells, tabs, text.startsWith("# ") || text.startsWith("#\t"));
        }

        boolean blank() {
            return cells.length == 1 && cells[0].isBlank();
        }
    }

    private final Path file;
    private final int word;
    private final int tag;
    private final List<TaggedSentence> sentences = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    /** Those before {@link #first}: comments or words, which its columns tell. */
    private final List<Line> undecided = new ArrayList<>();
    /** The first line that is surely no comment, with as many columns as all others; null before it. */
    private Line first;

    private long leftOut;

    TaggedLines(Path file, int word, int tag) {
        this.file = file;
        this.word = word;
        this.tag = tag;
    }

    TaggedFile read() throws IOException {
        try (TextLines lines = TextLines.open(file)) {
            for (String text = lines.next(); text != null; text = lines.next()) {
                if (!text.startsWith(DOCUMENT)) {
                    Line line = Line.of(lines.lineNumber(), text);
                    if (first == null && (line.blank() || line.marked())) {
                        undecided.add(line);
                    } else {
                        begin(line);
                        add(line);
                    }
                }
            }
        }
        for (Line line : undecided.stream().filter(line -> !line.blank()).toList()) {
            begin(line);
        }
        end();
        if (sentences.isEmpty()) {
            throw new IOException(file + ": expected tagged words, found none");
        }
        return new TaggedFile(file, List.copyOf(sentences), leftOut);
    }

    private void begin(Line line) throws IOException {
        if (first == null) {
            first = line;
            for (Line before : undecided) {
                add(before);
            }
        }
    }

    private void add(Line line) throws IOException {
        int columns = first.cells().length;
        if (line.blank()) {
            end();
        } else if (isComment(line)) {
            if (!words.isEmpty()) {
                throw new IOException(file + ":" + line.number() + ": expected a word as in line " + first.number()
                        + ", found a comment within a sentence");
            }
        } else if (line.cells().length != columns) {
            throw new IOException(file + ":" + line.number() + ": expected " + columns + " columns as in line "
                    + first.number() + ", found " + line.cells().length
                    + " (tabs divide a line that has one, else white space)");
        } else if (columns == CONLLU && word != 0 && line.cells()[0].matches("\\d+[-.]\\d+")) {
            leftOut++;
        } else {
            words.add(cell(line, word, "word"));
            tags.add(cell(line, tag, "tag"));
        }
    }

    /** A word # has as many columns as the others, and they are divided alike. */
    private boolean isComment(Line line) {
        boolean alike = line.cells().length == first.cells().length && line.tabs() == first.tabs();
        return line.marked() && !alike && (first.cells().length > 2 || first.tabs() && !line.tabs());
    }

    private void end() {
        if (!words.isEmpty()) {
            sentences.add(new TaggedSentence(List.copyOf(words), List.copyOf(tags)));
            words.clear();
            tags.clear();
        }
    }

    private String cell(Line line, int index, String what) throws IOException {
        int columns = line.cells().length;
        int at = index < 0 ? columns + index : index;
        if (at < 0 || at >= columns || columns < 2) {
            throw new IOException(file + ":" + line.number() + ": expected a word and a tag, the " + what
                    + " in column " + index + "; the line has " + columns + " columns");
        }
        if (line.cells()[at].isEmpty()) {
            throw new IOException(file + ":" + line.number() + ": expected a word and a tag, the " + what
                    + " in column " + index + "; it is empty there");
        }
        return line.cells()[at];
    }
}
