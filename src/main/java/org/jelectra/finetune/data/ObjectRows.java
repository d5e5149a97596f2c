package org.jelectra.finetune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.io.Json;
import org.jelectra.text.corpus.TextLines;

/** Fields of JSON objects, one object a line; numbers, true and false are read as text, and null as if it were not there. */
final class ObjectRows implements ExampleRows {

    private final Path file;
    private final TextLines lines;
    private final List<Column> columns;
    private final String separator;
    private JsonObject object;

    /**
     * @param separator joins the elements of an array in the last column, the labels; null where none is taken
     * @throws IOException if a column is asked for by its place: fields have none
     */
    ObjectRows(Path file, TextLines lines, List<Column> columns, String separator) throws IOException {
        this.separator = separator;
        this.file = file;
        this.lines = lines;
        this.columns = columns;
        for (Column column : columns) {
            if (column.name() == null) {
                throw new IOException(
                        file + ": columns of JSON objects have names, expected the name of a field in place of the "
                                + column);
            }
        }
    }

    @Override
    public String[] next() throws IOException {
        String line = lines.next();
        while (line != null && line.isBlank()) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        object = Json.parseLine(line, file + ":" + lines.lineNumber());
        String[] wanted = new String[columns.size()];
        for (int i = 0; i < wanted.length; i++) {
            String field = columns.get(i).name();
            JsonElement value = object.get(field);
            boolean several = separator != null && i == wanted.length - 1;
            wanted[i] = value == null || value.isJsonNull()
                    ? null
                    : several && value.isJsonArray() ? joined(field, value.getAsJsonArray()) : text(field, value);
        }
        return wanted;
    }

    private String joined(String field, JsonArray array) throws IOException {
        List<String> elements = new ArrayList<>();
        for (JsonElement element : array) {
            String label = text(field, element);
            // an end of it and a part of the separator may make one, too
            if ((label + separator).indexOf(separator) < label.length()) {
                throw new IOException(file + ":" + lines.lineNumber() + ": field \"" + field
                        + "\": expected labels that the separator \"" + separator + "\" does not divide, found \""
                        + label
                        + "\"; the task can declare another \"separator\"");
            }
            elements.add(label);
        }
        return String.join(separator, elements);
    }

    private String text(String field, JsonElement value) throws IOException {
        if (!value.isJsonPrimitive()) {
            throw new IOException(file + ":" + lines.lineNumber() + ": field \"" + field
                    + "\": expected a text or a number, found " + value);
        }
        return value.getAsString();
    }

    @Override
    public long line() {
        return lines.lineNumber();
    }

    @Override
    public String lack(Column missing) {
        return object.has(missing.name()) ? "is null" : "is missing: the object has " + object.keySet();
    }
}
