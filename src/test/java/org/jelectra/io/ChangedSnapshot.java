package org.jelectra.io;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Changes what a snapshot says of itself, as another backend or version would have written it; its checksum holds. */
public final class ChangedSnapshot {

    private ChangedSnapshot() {}

    /** @param names of all its sections, which stay as they are */
    public static void change(Path file, List<String> names, Consumer<JsonObject> change) throws IOException {
        List<SnapshotWriter.Section> sections = new ArrayList<>();
        JsonObject content;
        try (SnapshotReader reader = SnapshotReader.open(file)) {
            for (String name : names) {
                ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(reader.bytes(name)));
                reader.read(name, (position, chunk) -> bytes.put(chunk));
                bytes.flip();
                sections.add(new SnapshotWriter.Section(
                        name,
                        bytes.capacity(),
                        (position, chunk) -> chunk.put(bytes.slice((int) position, chunk.remaining()))));
            }
            content = reader.content();
        }
        change.accept(content);
        SnapshotWriter.write(file, content, sections);
    }
}
