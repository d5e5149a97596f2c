package org.jelectra.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * The fields of a JSON object, read with checks of kind and range. Every method throws IOException where the field is missing or
 * is something else; the message names file and field, what was expected and what was found.
 *
 * @param object the object
 * @param where what to call it in a message: the file, and its place there
 */
public record JsonFields(JsonObject object, String where) {

    /** Whether a field is there and not null. */
    public boolean has(String name) {
        JsonElement value = object.get(name);
        return value != null && !value.isJsonNull();
    }

    /** An object. */
    public JsonFields object(String name) throws IOException {
        JsonElement value = require(name);
        if (!value.isJsonObject()) {
            throw wrong(name, "an object", value);
        }
        return new JsonFields(value.getAsJsonObject(), where + ", " + name);
    }

    /** An array. */
    public JsonArray array(String name) throws IOException {
        JsonElement value = require(name);
        if (!value.isJsonArray()) {
            throw wrong(name, "an array", value);
        }
        return value.getAsJsonArray();
    }

    /** An object in an array. */
    public JsonFields element(String name, int index) throws IOException {
        JsonElement value = array(name).get(index);
        if (!value.isJsonObject()) {
            throw wrong(name + "[" + index + "]", "an object", value);
        }
        return new JsonFields(value.getAsJsonObject(), where + ", " + name + "[" + index + "]");
    }

    /** A string. */
    public String text(String name) throws IOException {
        JsonPrimitive value = primitive(name, "a string");
        if (!value.isString()) {
            throw wrong(name, "a string", value);
        }
        return value.getAsString();
    }

    /** True or false. */
    public boolean flag(String name) throws IOException {
        JsonPrimitive value = primitive(name, "true or false");
        if (!value.isBoolean()) {
            throw wrong(name, "true or false", value);
        }
        return value.getAsBoolean();
    }

    /** A finite number. */
    public double number(String name) throws IOException {
        JsonPrimitive value = primitive(name, "a number");
        if (!value.isNumber() || !Double.isFinite(value.getAsDouble())) {
            throw wrong(name, "a number", value);
        }
        return value.getAsDouble();
    }

    /** A finite number, or NaN where {@link Json#number(double)} wrote null for it. */
    public double numberOrNaN(String name) throws IOException {
        return has(name) ? number(name) : Double.NaN;
    }

    /** An integer from {@code least} to {@code most}. */
    public int integer(String name, int least, int most) throws IOException {
        return (int) whole(name, least, most);
    }

    /** As {@link #integer}, of more bits. */
    public long whole(String name, long least, long most) throws IOException {
        return whole(primitive(name, "an integer"), name, least, most);
    }

    private long whole(JsonElement value, String name, long least, long most) throws IOException {
        String text = value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber() ? value.getAsString() : "";
        // the length first: 1e999999999 is short, but not as an integer
        if (text.length() <= 20 && text.matches("-?\\d+")) {
            BigDecimal number = new BigDecimal(text);
            if (number.compareTo(BigDecimal.valueOf(least)) >= 0 && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
                return number.longValueExact();
            }
        }
        throw wrong(name, "an integer from " + least + " to " + most, value);
    }

    private JsonPrimitive primitive(String name, String expected) throws IOException {
        JsonElement value = require(name);
        if (!value.isJsonPrimitive()) {
            throw wrong(name, expected, value);
        }
        return value.getAsJsonPrimitive();
    }

    private JsonElement require(String name) throws IOException {
        JsonElement value = object.get(name);
        if (value == null) {
            throw new IOException(where + ": the field \"" + name + "\" is missing");
        }
        return value;
    }

    /** The error of a field that is not what was expected. */
    public IOException wrong(String name, String expected, Object found) {
        String text = String.valueOf(found);
        String shown = text.length() <= 60 ? text : text.substring(0, 60) + "...";
        return new IOException(where + ": \"" + name + "\": expected " + expected + ", found " + shown);
    }
}
