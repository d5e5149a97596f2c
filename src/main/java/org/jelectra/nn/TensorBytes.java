package org.jelectra.nn;

import java.io.IOException;
import org.jelectra.backend.Backend;
import org.jelectra.io.SnapshotReader;
import org.jelectra.io.SnapshotWriter;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Float tensors as sections of a snapshot, moved piece by piece: a model's copy would not fit where the model just does. */
public final class TensorBytes {

    private final Backend backend;
    private float[] values = new float[0];

    /** Moves tensors of a backend. */
    public TensorBytes(Backend backend) {
        this.backend = backend;
    }

    /** A tensor as a section. */
    public SnapshotWriter.Section section(String name, Tensor tensor) {
        return new SnapshotWriter.Section(name, 4 * tensor.size(), (position, chunk) -> {
            int count = chunk.remaining() / 4;
            backend.download(piece(tensor, position, count), values, 0);
            chunk.asFloatBuffer().put(values, 0, count);
        });
    }

    /** Fills a tensor from a section, which must have its size. */
    public void read(SnapshotReader reader, String name, Tensor tensor) throws IOException {
        if (reader.bytes(name) != 4 * tensor.size()) {
            throw new IOException(reader.file() + ": the snapshot's " + name + " take " + reader.bytes(name)
                    + " bytes, but the model has " + tensor.size()
                    + " values of 4 bytes: it was written for another layout of the parameters");
        }
        reader.read(name, (position, chunk) -> {
            int count = chunk.remaining() / 4;
            Tensor piece = piece(tensor, position, count);
            chunk.asFloatBuffer().get(values, 0, count);
            backend.upload(values, 0, piece);
        });
    }

    private Tensor piece(Tensor tensor, long position, int count) {
        if (values.length < count) {
            values = new float[count];
        }
        return tensor.view(tensor.name(), position / 4, Shape.of(count));
    }
}
