package org.jelectra;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;

/**
 * Finds the golden files: in the folder of the system property {@code jelectra.golden} where it is set, else the copy among
 * the test resources.
 */
public final class Golden {

    private Golden() {}

    /** The path of a golden file, by its full name. */
    public static Path path(String fileName) {
        Path file = folder().resolve(fileName);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("no golden file " + file);
        }
        return file;
    }

    /** Opens {@code name.safetensors}. */
    public static SafetensorsReader safetensors(String name) throws IOException {
        return SafetensorsReader.open(path(name + ".safetensors"));
    }

    /** Reads {@code name.json}. */
    public static JsonObject json(String name) throws IOException {
        return Json.read(path(name + ".json"));
    }

    /** Largest magnitude, which tolerances are relative to. */
    public static double maximum(float[] values) {
        double maximum = 0;
        for (float value : values) {
            maximum = Math.max(maximum, Math.abs(value));
        }
        return maximum;
    }

    private static Path folder() {
        String property = System.getProperty("jelectra.golden");
        if (property != null && !property.isBlank()) {
            return Path.of(property);
        }
        URL resource = Golden.class.getResource("/golden/philox.json");
        if (resource == null) {
            throw new IllegalStateException("no golden/ among the test resources; set -Djelectra.golden=FOLDER");
        }
        try {
            return Path.of(resource.toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("unexpected location of the test resources: " + resource, e);
        }
    }
}
