package org.jelectra.cli.predict;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.io.Json;

/** A line of JSON Lines, read with errors that say where. */
final class JsonRow {

    private final JsonObject object;
    private final String where;
    private final TextFields fields;

    JsonRow(String line, String where, TextFields fields) throws IOException {
        this.object = Json.parseLine(line, where);
        this.where = where;
        this.fields = fields;
    }

    /** File and line, for messages. */
    String where() {
        return where;
    }

    /** The text, which has to be there. */
    String text() throws IOException {
        return required(fields.text(), "; --text-field names another one");
    }

    /** The other text of a pair; null where there is none, and its field has no name of its own. */
    String pair() throws IOException {
        return fields.pair() == null
                ? optional(TextFields.PAIR)
                : required(fields.pair(), "; --text-pair-field names it");
    }

    /** The string in a field, which has to be there. */
    String required(String field) throws IOException {
        return required(field, "");
    }

    private String required(String field, String advice) throws IOException {
        String text = optional(field);
        if (text == null) {
            throw new IOException(where + ": expected a field \"" + field + "\" with a string, found "
                    + (object.has(field) ? "null" : "only " + object.keySet()) + advice);
        }
        return text;
    }

    /** The string in a field; null where it is missing or null. */
    String optional(String field) throws IOException {
        return optional(field, "a string");
    }

    private String optional(String field, String expected) throws IOException {
        JsonElement value = object.get(field);
        if (value == null || value.isJsonNull()) {
            return null;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new IOException(where + ": field \"" + field + "\": expected " + expected + ", found " + value);
        }
        return value.getAsString();
    }

    /** The name of the row in the field {@code id}, a string or a number as it is written; null where there is none, or an empty one. */
    JsonPrimitive id() throws IOException {
        JsonElement value = object.get("id");
        if (value != null
                && value.isJsonPrimitive()
                && value.getAsJsonPrimitive().isNumber()) {
            return value.getAsJsonPrimitive();
        }
        String id = optional("id", "a string or a number");
        return id == null || id.isEmpty() ? null : new JsonPrimitive(id);
    }

    /** The strings of an array; null where it is missing. */
    List<String> strings(String field) throws IOException {
        JsonElement value = object.get(field);
        if (value == null || value.isJsonNull()) {
            return null;
        }
        List<String> strings = new ArrayList<>();
        if (value.isJsonArray()) {
            for (JsonElement element : value.getAsJsonArray()) {
                if (element.isJsonPrimitive() && element.getAsJsonPrimitive().isString()) {
                    strings.add(element.getAsString());
                }
            }
            if (strings.size() == value.getAsJsonArray().size()) {
                return strings;
            }
        }
        throw new IOException(where + ": field \"" + field + "\": expected an array of strings, found " + value);
    }
}
