package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The examples of a file.
 *
 * @param file where they come from
 * @param examples in the order of the file
 * @param skipped rows that were left out because columns were missing
 */
public record ExampleFile(Path file, List<Example> examples, int skipped) {

    /** The classes in a file's label column, sorted. */
    static List<String> labels(TaskSpec spec, Path file) throws IOException {
        TreeSet<String> labels = new TreeSet<>();
        TsvReader.read(
                file,
                spec.header() == TaskSpec.Header.YES,
                List.of(spec.label()),
                spec.skipsShortRows(),
                (cells, line) -> labels.add(cells[0]));
        return List.copyOf(labels);
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
        return read(spec, labels, file, spec.header() == TaskSpec.Header.YES, columns);
    }

    /** Reads examples without labels. */
    public static ExampleFile unlabelled(TaskSpec spec, Path file) throws IOException {
        boolean header = spec.header() != TaskSpec.Header.NO;
        return read(spec, List.of(), file, header, spec.text());
    }

    private static ExampleFile read(TaskSpec spec, List<String> labels, Path file, boolean header, List<Column> columns)
            throws IOException {
        List<Example> examples = new ArrayList<>();
        int texts = spec.text().size();
        int skipped = TsvReader.read(file, header, columns, spec.skipsShortRows(), (cells, line) -> {
            float label = cells.length > texts ? label(spec, labels, cells[texts], file, line) : Float.NaN;
            examples.add(new Example(cells[0], texts == 2 ? cells[1] : null, label));
        });
        return new ExampleFile(file, List.copyOf(examples), skipped);
    }

    private static float label(TaskSpec spec, List<String> labels, String cell, Path file, long line)
            throws IOException {
        if (spec.kind() == TaskSpec.Kind.REGRESSION) {
            try {
                double value = Double.parseDouble(cell.strip());
                if (Double.isFinite(value)) {
                    return (float) (value / spec.scale());
                }
            } catch (NumberFormatException e) {
                // reported below, like a number that is not finite
            }
            throw new IOException(file + ":" + line + ": column " + spec.label() + ": expected a finite number, got \""
                    + cell + "\"");
        }
        int index = labels.indexOf(cell);
        if (index < 0) {
            throw new IOException(file + ":" + line + ": column " + spec.label() + ": unknown label \"" + cell
                    + "\", expected one of " + labels);
        }
        return index;
    }
}
