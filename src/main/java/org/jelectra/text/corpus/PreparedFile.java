package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Files that {@code jelectra prepare} writes, which are no text. Each is told by itself: text may lie beside them, and many a program
 * names its own files {@code manifest.json}.
 */
public final class PreparedFile {

    /** End of a shard's name. */
    public static final String SHARD_EXTENSION = ".shard";

    private static final Pattern OWN_JSON = Pattern.compile("\\{\\s*\"format\"\\s*:\\s*\"jelectra-");
    /** More than its match needs. */
    private static final int FIRST_BYTES = 256;

    private PreparedFile() {}

    /** Whether a path is a shard, a manifest of shards, or the state of an interrupted preparation. */
    public static boolean isAt(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        String name = path.toString();
        return name.endsWith(SHARD_EXTENSION) || name.endsWith(".json") && isOwn(path);
    }

    private static boolean isOwn(Path json) throws IOException {
        try (InputStream in = Files.newInputStream(json)) {
            String start = new String(in.readNBytes(FIRST_BYTES), StandardCharsets.UTF_8);
            return OWN_JSON.matcher(start).lookingAt();
        }
    }
}
