package org.jelectra.text.rows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.corpus.TextLines;

/**
 * Rows of comma-separated values as RFC 4180 describes them: a cell in quotation marks may hold commas, line breaks and, doubled,
 * quotation marks. All rows have as many cells as the first. A line break within a cell is read as a line feed, however it was
 * written.
 */
public final class CsvRecords implements Records {

    /** As much as a line of text may have: a mark that is never closed would else take the rest of the file. */
    private static final int MAX_CELL = 1 << 24;

    private final Path file;
    private final TextLines lines;
    private int columns;
    private long begin;
    /** Where the row is read: the line, null after the last, and the place in it. */
    private String line;

    private int at;

    /** @param file what errors name */
    public CsvRecords(Path file, TextLines lines) {
        this.file = file;
        this.lines = lines;
    }

    /**
     * The next row that is not an empty line, or null after the last.
     *
     * @throws IOException where it cannot be read, has a quotation mark in a wrong place or another number of cells than the first row; the
     *     message names file and line
     */
    @Override
    public List<String> next() throws IOException {
        do {
            line = lines.next();
        } while (line != null && line.isEmpty());
        if (line == null) {
            return null;
        }
        begin = lines.lineNumber();
        at = 0;
        List<String> cells = new ArrayList<>();
        cells.add(cell(1));
        while (at < line.length()) {
            at++; // the comma
            cells.add(cell(cells.size() + 1));
        }
        columns = columns == 0 ? cells.size() : columns;
        if (cells.size() != columns) {
            throw wrong("expected " + columns + " cells as in the first row, found " + cells.size()
                    + "; a cell with a comma must be in quotation marks");
        }
        return cells;
    }

    /** Reads a cell up to its comma or the end of the line. */
    private String cell(int number) throws IOException {
        if (at < line.length() && line.charAt(at) == '"') {
            at++;
            String cell = quoted(number);
            if (at < line.length() && line.charAt(at) != ',') {
                throw wrong("cell " + number + ": expected a comma after the closing quotation mark, found "
                        + line.charAt(at) + "; a quotation mark in a quoted cell must be doubled");
            }
            return cell;
        }
        int comma = line.indexOf(',', at);
        String cell = line.substring(at, comma < 0 ? line.length() : comma);
        if (cell.indexOf('"') >= 0) {
            throw wrong("cell " + number
                    + ": a quotation mark in a cell that does not begin with one; the cell must be quoted, and the mark"
                    + " doubled");
        }
        at += cell.length();
        return cell;
    }

    /** Reads from behind the opening mark to behind the closing one. */
    private String quoted(int number) throws IOException {
        StringBuilder cell = new StringBuilder();
        while (true) {
            int mark = line.indexOf('"', at);
            cell.append(line, at, mark < 0 ? line.length() : mark);
            if (mark < 0) {
                cell.append('\n');
                line = lines.next();
                at = 0;
                if (line == null || cell.length() > MAX_CELL) {
                    throw wrong("cell " + number + ": its quotation mark is not closed "
                            + (line == null ? "before the end of the file" : "within 16 Mi characters"));
                }
            } else if (mark + 1 < line.length() && line.charAt(mark + 1) == '"') {
                cell.append('"');
                at = mark + 2;
            } else {
                at = mark + 1;
                return cell.toString();
            }
        }
    }

    private IOException wrong(String message) {
        return new IOException(file + ":" + begin + ": " + message);
    }

    @Override
    public long line() {
        return begin;
    }
}
