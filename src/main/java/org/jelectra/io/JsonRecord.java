package org.jelectra.io;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.annotations.SerializedName;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/**
 * Records from JSON that Gson has written. Gson alone reads a number that is missing as 0, a flag as false, and a name that no
 * constant has as null.
 */
public final class JsonRecord {

    private JsonRecord() {}

    /**
     * Reads a record and those within it.
     *
     * @throws IllegalArgumentException if a number, a flag, a constant or a record is missing or null, or there is no such constant; the
     *     message names it
     * @throws RuntimeException of Gson's if a component is of another kind, or a constructor refuses it, which is then the first cause
     */
    public static <T extends Record> T read(JsonElement json, Class<T> type) {
        if (isMissing(json)) {
            throw new IllegalArgumentException("found nothing");
        }
        require("", json, type);
        return new Gson().fromJson(json, type);
    }

    private static void require(String path, JsonElement json, Class<?> type) {
        if (!(json instanceof JsonObject object)) {
            return; // Gson says what it expected
        }
        for (RecordComponent component : type.getRecordComponents()) {
            SerializedName other = component.getAccessor().getAnnotation(SerializedName.class);
            String name = other == null ? component.getName() : other.value();
            Class<?> kind = component.getType();
            JsonElement value = object.get(name);
            if (isMissing(value) && (kind.isPrimitive() || kind.isRecord() || kind.isEnum())) {
                throw new IllegalArgumentException(
                        path + name + " is missing, as in what an older version of jelectra has written");
            }
            if (kind.isEnum()) {
                requireConstant(path + name, value, kind);
            }
            if (kind.isRecord()) {
                require(path + name + ".", value, kind);
            }
        }
    }

    private static boolean isMissing(JsonElement json) {
        return json == null || json.isJsonNull();
    }

    private static void requireConstant(String path, JsonElement value, Class<?> kind) {
        List<String> names = Arrays.stream(kind.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .toList();
        if (names.stream().noneMatch(name -> value.equals(new JsonPrimitive(name)))) {
            throw new IllegalArgumentException(path + ": expected one of " + names + ", found " + value);
        }
    }
}
