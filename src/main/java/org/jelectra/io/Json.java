package org.jelectra.io;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;

/** JSON objects from and to files, parsed strictly (RFC 8259). */
public final class Json {

    private static final Gson PRETTY = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .setStrictness(Strictness.STRICT)
            .create();

    private static final TypeAdapter<JsonElement> ELEMENT = PRETTY.getAdapter(JsonElement.class);

    private static final String ADVICE = "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

    /** What helps where a whole file is one array of objects. */
    public static final String DIVIDE_ARRAY = "; jq -c '.[]' FILE > FILE.jsonl writes the objects of one, one a line";

    /** What helps where an object goes over several lines. */
    public static final String JOIN_OBJECT = "; an object must be on one line: jq -c . FILE > FILE.jsonl writes it so";

    private Json() {}

    /** A number for a file, or null where it is not finite: JSON has no NaN. */
    public static JsonElement number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
    }

    /**
     * A member that {@link #number(double)} made; NaN where it is null or missing.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static double number(JsonObject object, String name) {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) {
            return Double.NaN;
        }
        if (!isNumber(value)) {
            throw new IllegalArgumentException("expected a number or null for \"" + name + "\", got " + value);
        }
        return value.getAsDouble();
    }

    static boolean isNumber(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isNumber();
    }

    /**
     * The object in a UTF-8 file.
     *
     * @throws IOException if the file cannot be read or is not one JSON object; the message names file, line and column
     */
    public static JsonObject read(Path file) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": expected JSON in UTF-8, found bytes that are not UTF-8", e);
        }
        return parse(text, file.toString());
    }

    /**
     * The object in {@code text}.
     *
     * @param source what to call the text in an error message, for example the file name
     * @throws IOException if the text is not exactly one JSON object
     */
    public static JsonObject parse(String text, String source) throws IOException {
        if (text.isBlank()) {
            throw new IOException(source + ": expected a JSON object, found nothing");
        }
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IOException(source + ": expected one JSON object, found more text after it");
            }
            if (!element.isJsonObject()) {
                throw new IOException(source + ": expected a JSON object, found " + kind(element));
            }
            return element.getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException(source + ": not valid JSON: " + firstLine(e), e);
        } catch (MalformedJsonException e) {
            throw new IOException(source + ": not valid JSON: " + firstLine(e), e);
        }
    }

    /**
     * The object in a line of JSON Lines.
     *
     * @param where file and line
     * @throws IOException if the line is not exactly one JSON object; where it begins an array or a part of an object only, the message
     *     says how to divide or join that
     */
    public static JsonObject parseLine(String line, String where) throws IOException {
        if (line.stripLeading().startsWith("[")) {
            throw new IOException(where + ": expected a JSON object, found an array" + DIVIDE_ARRAY);
        }
        try {
            return parse(line, where);
        } catch (IOException e) {
            boolean goesOn = e.getCause() != null && e.getCause().getCause() instanceof EOFException;
            throw goesOn ? new IOException(e.getMessage() + JOIN_OBJECT, e) : e;
        }
    }

    /** {@code object} with indentation and a final line feed. */
    public static String text(JsonObject object) {
        return PRETTY.toJson(object) + "\n";
    }

    /** Writes {@code object} with indentation and a final line feed, atomically ({@link AtomicFile}). */
    public static void write(Path file, JsonObject object) throws IOException {
        AtomicFile.write(file, text(object));
    }

    /**
     * As {@link #write(Path, JsonObject)}, of {@code head} with one more member, an array; only one of its rows is in memory at a time.
     *
     * @param name of that member
     */
    public static void write(Path file, JsonObject head, String name, Stream<JsonObject> rows) throws IOException {
        AtomicFile.writeText(file, text -> {
            JsonWriter json = PRETTY.newJsonWriter(text);
            json.beginObject();
            for (String member : head.keySet()) {
                ELEMENT.write(json.name(member), head.get(member));
            }
            json.name(name).beginArray();
            for (Iterator<JsonObject> each = rows.iterator(); each.hasNext(); ) {
                ELEMENT.write(json, each.next());
            }
            json.endArray().endObject();
            text.write('\n');
        });
    }

    private static String kind(JsonElement element) {
        if (element.isJsonArray()) {
            return "an array";
        }
        return element.isJsonNull() ? "null" : "a single value";
    }

    // Gson prefixes the class name of the cause, adds a link to its guide on a second line, and advises programmers.
    private static String firstLine(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String message = String.valueOf(cause.getMessage());
        int end = message.indexOf('\n');
        return (end < 0 ? message : message.substring(0, end)).replace(ADVICE, "malformed");
    }
}
