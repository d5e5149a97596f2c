package org.jelectra.finetune.data;

import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The examples of a file.
 *
 * @param file where they come from
 * @param examples in the order of the file
 * @param indices of each example: where the file has a column of them and no labels, what it says; else the row from 0
 * @param skipped rows that were left out because columns were missing
 */
public record ExampleFile(Path file, List<Example> examples, List<Integer> indices, int skipped) {

    /** What helps where a declared task's labels are those of its training file. */
    private static final String LABELS_KEY =
            "; \"labels\" in the task file, before training, can name those too that the training file lacks";

    private static final Pattern WHOLE = Pattern.compile("-?\\d+\\.0");

    /**
     * The classes in a file's label column, white space around them left out, sorted. Of 1 and 1.0, which are one, it has that which comes
     * first.
     *
     * @throws IOException where a row has none, or one that TSV cannot hold
     */
    static List<String> labels(TaskSpec spec, Path file) throws IOException {
        Map<String, String> labels = new HashMap<>();
        RowReader.read(
                file,
                spec.header() == TaskSpec.Header.YES,
                List.of(spec.label()),
                spec.separator(),
                spec.skipsShortRows(),
                (cells, row, line) -> {
                    boolean several = spec.kind() == TaskSpec.Kind.MULTILABEL;
                    for (String part : several ? parts(spec, cells[0]) : List.of(cells[0].strip())) {
                        String label = requireLabel(spec, part, file, line);
                        labels.putIfAbsent(whole(label), label);
                    }
                });
        return labels.values().stream().sorted().toList();
    }

    /** Programs write 1.0 for 1 as soon as a column of numbers has a gap. */
    private static String whole(String label) {
        return WHOLE.matcher(label).matches() ? label.substring(0, label.length() - 2) : label;
    }

    /**
     * Reads labelled examples.
     *
     * @param labels the classes in order; not used for regression
     * @throws IOException if the file is empty, a column is missing or a label is unknown; the message names file and line
     */
    public static ExampleFile labelled(TaskSpec spec, List<String> labels, Path file) throws IOException {
        List<Column> columns = new ArrayList<>(spec.text());
        columns.add(spec.label());
        List<Example> examples = new ArrayList<>();
        List<Integer> indices = new ArrayList<>();
        boolean header = spec.header() == TaskSpec.Header.YES;
        int skipped =
                RowReader.read(file, header, columns, spec.separator(), spec.skipsShortRows(), (cells, row, line) -> {
                    String cell = cells[columns.size() - 1];
                    examples.add(
                            spec.kind() == TaskSpec.Kind.MULTILABEL
                                    ? example(spec, cells, Float.NaN, classes(spec, labels, cell, file, line))
                                    : example(spec, cells, label(spec, labels, cell, file, line), List.of()));
                    indices.add(row);
                });
        return new ExampleFile(file, List.copyOf(examples), List.copyOf(indices), skipped);
    }

    /**
     * Reads examples without labels. None is left out: a submission has a line for each.
     *
     * @param index column of their indices; null: rows are counted
     * @throws IOException if the file is empty, a column is missing or an index is no number; the message names file and line
     */
    public static ExampleFile unlabelled(TaskSpec spec, Path file, Column index) throws IOException {
        List<Column> columns = new ArrayList<>(spec.text());
        if (index != null) {
            columns.add(index);
        }
        List<Example> examples = new ArrayList<>();
        List<Integer> indices = new ArrayList<>();
        boolean header = spec.header() != TaskSpec.Header.NO;
        RowReader.read(file, header, columns, null, false, (cells, row, line) -> {
            examples.add(example(spec, cells, Float.NaN, List.of()));
            indices.add(index == null ? Integer.valueOf(row) : index(index, cells[columns.size() - 1], file, line));
        });
        return new ExampleFile(file, List.copyOf(examples), List.copyOf(indices), 0);
    }

    /** What the user should know of the file; nothing mostly. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (skipped > 0) {
            warnings.add(file + ": left out " + skipped + " rows with missing columns");
        }
        long empty = examples.stream().filter(Example::hasEmptyText).count();
        if (empty > 0) {
            warnings.add(file + ": " + empty + " of " + examples.size() + " rows have an empty text");
        }
        return warnings;
    }

    /** The examples that are measured where a part is held out; throws IOException where there are too few. */
    public ExampleFile measured(TaskSpec spec) throws IOException {
        HeldOut heldOut = spec.heldOut();
        heldOut.requireTwo(examples.size(), file);
        List<Float> strata = strata(spec);
        return new ExampleFile(file, heldOut.measured(examples, strata), heldOut.measured(indices, strata), skipped);
    }

    /** The others, that are trained on. */
    public ExampleFile trained(TaskSpec spec) throws IOException {
        HeldOut heldOut = spec.heldOut();
        heldOut.requireTwo(examples.size(), file);
        List<Float> strata = strata(spec);
        return new ExampleFile(file, heldOut.trained(examples, strata), heldOut.trained(indices, strata), skipped);
    }

    /** The class of each example; all the same where an example has no single one. */
    private List<Float> strata(TaskSpec spec) {
        boolean classes = spec.kind() == TaskSpec.Kind.CLASSIFICATION;
        return examples.stream().map(example -> classes ? example.label() : 0).toList();
    }

    private static Example example(TaskSpec spec, String[] cells, float label, List<Integer> classes) {
        return new Example(cells[0], spec.isPair() ? cells[1] : null, label, classes);
    }

    /** The labels in a cell, perhaps none. */
    private static List<String> parts(TaskSpec spec, String cell) {
        return Pattern.compile(spec.separator(), Pattern.LITERAL)
                .splitAsStream(cell)
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static List<Integer> classes(TaskSpec spec, List<String> labels, String cell, Path file, long line)
            throws IOException {
        TreeSet<Integer> classes = new TreeSet<>();
        for (String part : parts(spec, cell)) {
            classes.add(number(spec, labels, part, file, line));
        }
        return List.copyOf(classes);
    }

    private static int number(TaskSpec spec, List<String> labels, String name, Path file, long line)
            throws IOException {
        // as it is, because another program's model may have a name with white space
        int index = labels.contains(name) ? labels.indexOf(name) : labels.indexOf(name.strip());
        if (index < 0) {
            index = labels.stream().map(ExampleFile::whole).toList().indexOf(whole(name.strip()));
        }
        if (index < 0) {
            throw new IOException(file + ":" + line + ": column " + spec.label() + ": unknown label \"" + name
                    + "\", expected one of " + TaskLabels.text(labels)
                    + (spec.labels().isEmpty() ? LABELS_KEY : ""));
        }
        return index;
    }

    private static Integer index(Column column, String cell, Path file, long line) throws IOException {
        try {
            return Integer.valueOf(cell.strip());
        } catch (NumberFormatException e) {
            throw new IOException(
                    file + ":" + line + ": column " + column + ": expected a whole number, got \"" + cell + "\"", e);
        }
    }

    /** Whether predictions in TSV, which quotes nothing, can hold it in one cell. */
    static boolean isCell(String label) {
        return label.chars().noneMatch(c -> c == '\t' || c == '\n' || c == '\r');
    }

    // an empty one would be one more class
    private static String requireLabel(TaskSpec spec, String label, Path file, long line) throws IOException {
        if (label.isBlank()) {
            throw new IOException(file + ":" + line + ": column " + spec.label() + ": expected a label, found none");
        }
        if (!isCell(label)) {
            throw new IOException(file + ":" + line + ": column " + spec.label()
                    + ": expected a label without tabs and line breaks, as predictions are written to cells of TSV; got "
                    + new JsonPrimitive(label));
        }
        return label;
    }

    private static float label(TaskSpec spec, List<String> labels, String cell, Path file, long line)
            throws IOException {
        if (spec.kind() == TaskSpec.Kind.REGRESSION) {
            try {
                double value = Double.parseDouble(cell.strip());
                float target = (float) (value / spec.scale());
                if (Float.isFinite(target)) {
                    return target;
                }
            } catch (NumberFormatException e) {
                // reported below, like a number that is not finite
            }
            throw new IOException(file + ":" + line + ": column " + spec.label()
                    + ": expected a finite number (of float32), got \"" + cell + "\"");
        }
        return number(spec, labels, cell, file, line);
    }
}
