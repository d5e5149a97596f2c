package org.jelectra.io;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.annotations.SerializedName;
import java.lang.reflect.RecordComponent;

/** Records from JSON that Gson has written. Gson alone reads a number that is missing as 0, and a flag as false. */
public final class JsonRecord {

    private JsonRecord() {}

    /**
     * Reads a record and those within it.
     *
     * @throws IllegalArgumentException if a number, a flag or a record is missing; the message names it
     * @throws RuntimeException of Gson's if a component is of another kind, or a constructor refuses it, which is then the first cause
     */
    public static <T extends Record> T read(JsonElement json, Class<T> type) {
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
            if (!object.has(name) && (kind.isPrimitive() || kind.isRecord())) {
                throw new IllegalArgumentException(
                        path + name + " is missing, as in what an older version of jelectra has written");
            }
            if (kind.isRecord()) {
                require(path + name + ".", object.get(name), kind);
            }
        }
    }
}
