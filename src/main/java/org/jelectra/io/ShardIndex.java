package org.jelectra.io;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The index of tensors in several files, as HuggingFace's libraries write it: a JSON object whose {@code weight_map} gives for each
 * tensor the name of its file, which lies beside the index, and whose {@code metadata} may have {@code total_size}, the bytes of all
 * tensors.
 *
 * @param path the index
 * @param files name of the file by tensor, in the order of the index
 * @param totalSize bytes of all tensors, where the index has them
 */
record ShardIndex(Path path, Map<String, String> files, OptionalLong totalSize) {

    private static final String WEIGHT_MAP = "weight_map";
    private static final String METADATA = "metadata";
    private static final String TOTAL_SIZE = "total_size";

    // one step of a path, so that nothing beside the index's own folder is read
    private static final Pattern FILE_NAME = Pattern.compile("(?!\\.{1,2}$)[^/\\\\:\\p{Cntrl}]+");

    /**
     * Reads an index; its files are not looked at.
     *
     * @throws IOException if it cannot be read, is malformed, or names a file elsewhere
     */
    static ShardIndex read(Path path) throws IOException {
        JsonObject json = Json.read(path);
        Map<String, String> files = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry :
                object(json.get(WEIGHT_MAP), WEIGHT_MAP, path).entrySet()) {
            files.put(entry.getKey(), fileName(entry.getValue(), entry.getKey(), path));
        }
        return new ShardIndex(path, files, totalSize(json.get(METADATA), path));
    }

    private static String fileName(JsonElement value, String tensor, Path path) throws IOException {
        String where = path + ": the file of tensor \"" + tensor + "\" must be ";
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new IOException(where + "a name, got " + value);
        }
        String name = value.getAsString();
        if (!FILE_NAME.matcher(name).matches()) {
            throw new IOException(where + "a name without a folder, in the index's own, got " + value);
        }
        try {
            path.resolveSibling(name);
        } catch (InvalidPathException e) {
            throw new IOException(where + "a name that this system can have, got " + value, e);
        }
        return name;
    }

    private static OptionalLong totalSize(JsonElement metadata, Path path) throws IOException {
        if (metadata == null || metadata.isJsonNull()) {
            return OptionalLong.empty();
        }
        JsonElement size = object(metadata, METADATA, path).get(TOTAL_SIZE);
        if (size == null || size.isJsonNull()) {
            return OptionalLong.empty();
        }
        try {
            if (size.isJsonPrimitive() && size.getAsJsonPrimitive().isNumber()) {
                // some programs divide bits by 8 and write 1024.0
                return OptionalLong.of(new BigDecimal(size.getAsString()).longValueExact());
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IOException(path + ": " + TOTAL_SIZE + " must be a number of bytes, got " + size, e);
        }
        throw new IOException(path + ": " + TOTAL_SIZE + " must be a number of bytes, got " + size);
    }

    private static JsonObject object(JsonElement element, String key, Path path) throws IOException {
        if (element == null || !element.isJsonObject()) {
            throw new IOException(path + ": \"" + key + "\" must be an object, got " + element);
        }
        return element.getAsJsonObject();
    }

    /** Where a file of the index lies. */
    Path resolve(String file) {
        return path.resolveSibling(file);
    }
}
