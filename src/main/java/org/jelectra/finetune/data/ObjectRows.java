package org.jelectra.finetune.data;

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
     * @param separator joins the elements of an array; null where none is taken
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
        object = Json.parse(line, file + ":" + lines.lineNumber());
        String[] wanted = new String[columns.size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = text(columns.get(i).name());
        }
        return wanted;
    }

    private String text(String field) throws IOException {
        JsonElement value = object.get(field);
        if (value == null || value.isJsonNull()) {
            return null;
        }
        if (separator != null && value.isJsonArray()) {
            List<String> elements = new ArrayList<>();
            for (JsonElement element : value.getAsJsonArray()) {
                elements.add(text(field, element));
            }
            return String.join(separator, elements);
        }
        return text(field, value);
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
    public boolean isShort() {
        return false;
    }

    @Override
    public String found() {
        return "the object has " + object.keySet();
    }
}
