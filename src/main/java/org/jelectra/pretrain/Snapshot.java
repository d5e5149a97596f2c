package org.jelectra.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jelectra.backend.Backend;
import org.jelectra.backend.ComputedBy;
import org.jelectra.electra.ElectraModel;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.DamagedSnapshotException;
import org.jelectra.io.JsonFields;
import org.jelectra.io.JsonRecord;
import org.jelectra.io.SnapshotReader;
import org.jelectra.io.SnapshotWriter;
import org.jelectra.nn.TensorBytes;
import org.jelectra.optim.AdamW;
import org.jelectra.tensor.DType;

/**
 * Everything that a run needs to go on bit for bit, in one file: weights, both moments, the step (which with the seed gives all
 * random numbers), the place in the data, the metrics since they were last logged, the settings, and what the text is
 * recognised by. {@link SnapshotWriter} has the format; a damaged file is recognised on opening.
 */
public final class Snapshot implements AutoCloseable {

    /** Version of the content; the file's format has its own. */
    private static final int VERSION = 2;

    private static final String PARAMETERS = "parameters";
    private static final String FIRST_MOMENTS = "first_moments";
    private static final String SECOND_MOMENTS = "second_moments";
    private static final String PREDICTIONS = "predictions";

    private record Content(
            int version,
            String backend,
            String kernels,
            DType valueType,
            PretrainSettings settings,
            DataFingerprint data,
            RunState state) {}

    private final Path file;
    private final SnapshotReader reader;
    private final Content content;

    private Snapshot(Path file, SnapshotReader reader, Content content) {
        this.file = file;
        this.reader = reader;
        this.content = content;
    }

    /**
     * Writes a run as it stands, atomically; between steps only, for example from {@link PretrainListener#onStep}.
     *
     * @throws IOException if the file cannot be written; a former file of that name is then unchanged
     * @throws TrainingDivergedException if a weight is not finite: nobody can go on from there
     */
    public static void write(Path file, Pretrainer pretrainer) throws IOException {
        write(file, pretrainer, channel -> channel);
    }

    /** As {@link #write(Path, Pretrainer)}, through a channel of the caller's choice. */
    static void write(Path file, Pretrainer pretrainer, UnaryOperator<WritableByteChannel> through) throws IOException {
        NonFiniteFinder finder = new NonFiniteFinder(pretrainer.model());
        if (!finder.weightsAreFinite()) {
            throw new TrainingDivergedException(
                    pretrainer.step(),
                    "a weight is not finite any more",
                    finder.found(),
                    finder.weights(),
                    false,
                    new int[0]);
        }
        ComputedBy computer = ComputedBy.of(pretrainer.model().backend());
        Content content = new Content(
                VERSION,
                computer.backend(),
                computer.kernels(),
                computer.valueType(),
                pretrainer.settings(),
                pretrainer.fingerprint(),
                pretrainer.state());
        TensorBytes tensors = new TensorBytes(pretrainer.model().backend());
        AdamW optimizer = pretrainer.trainingStep().optimizer();
        BinaryMetrics predictions = pretrainer.predictions();
        List<SnapshotWriter.Section> sections = List.of(
                tensors.section(PARAMETERS, pretrainer.model().parameters().values()),
                tensors.section(FIRST_MOMENTS, optimizer.firstMoments()),
                tensors.section(SECOND_MOMENTS, optimizer.secondMoments()),
                new SnapshotWriter.Section(PREDICTIONS, 8L * predictions.size(), (position, chunk) -> {
                    for (int i = (int) (position / 8); chunk.hasRemaining(); i++) {
                        chunk.putLong(predictions.entry(i));
                    }
                }));
        JsonObject json = new Gson().toJsonTree(content).getAsJsonObject();
        AtomicFile.write(file, channel -> SnapshotWriter.write(through.apply(channel), json, sections));
    }

    /**
     * Opens a snapshot and verifies its checksum.
     *
     * @throws DamagedSnapshotException if it is not what was written
     * @throws IOException if it cannot be read, or is of another version
     */
    public static Snapshot open(Path file) throws IOException {
        SnapshotReader reader = SnapshotReader.open(file);
        try {
            JsonElement version = reader.content().get("version");
            if (version == null || version.getAsInt() != VERSION) {
                throw new IOException(file + ": expected the content of a snapshot in version " + VERSION + ", found "
                        + version + "; use the jelectra that wrote it");
            }
            Content content = JsonRecord.read(reader.content(), Content.class);
            new JsonFields(reader.content(), file.toString()).text("backend");
            return new Snapshot(file, reader, content);
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e instanceof IOException io
                    ? io
                    : new IOException(file + ": not understood: " + RunSoFar.reason(e), e);
        }
    }

    /** Steps that the run had done. */
    public int step() {
        return content.state.step();
    }

    /** The run's settings; a {@link Pretrainer} that is to take the snapshot up must have the same. */
    public PretrainSettings settings() {
        return content.settings;
    }

    /** What the run's text is recognised by. */
    public DataFingerprint data() {
        return content.data;
    }

    /** What computed the run; another goes on with other roundings. */
    public ComputedBy computedBy() {
        return new ComputedBy(content.backend, content.kernels, content.valueType);
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /**
     * The run's networks as they were, without what is needed to train on.
     *
     * @param backend where they are to live; it need not be the run's
     * @throws IOException if the file cannot be read
     */
    public ElectraModel model(Backend backend) throws IOException {
        ElectraModel model = ElectraModel.withoutWeights(backend, content.settings.model());
        new TensorBytes(backend).read(reader, PARAMETERS, model.parameters().values());
        return model;
    }

    /**
     * Lets a pretrainer go on where the run was, bit for bit where the same computes it in as many parts of a batch.
     *
     * @throws IllegalArgumentException if other settings or the text are not those of the run, saying what differs
     * @throws IOException if the file cannot be read
     */
    public void restore(Pretrainer pretrainer) throws IOException {
        SettingsDifference.require(content.settings, pretrainer.settings());
        pretrainer.fingerprint().requireSame(content.data);
        TensorBytes tensors = new TensorBytes(pretrainer.model().backend());
        AdamW optimizer = pretrainer.trainingStep().optimizer();
        tensors.read(reader, PARAMETERS, pretrainer.model().parameters().values());
        tensors.read(reader, FIRST_MOMENTS, optimizer.firstMoments());
        tensors.read(reader, SECOND_MOMENTS, optimizer.secondMoments());
        pretrainer.restore(content.state);
        BinaryMetrics predictions = pretrainer.predictions();
        reader.read(PREDICTIONS, (position, chunk) -> {
            while (chunk.hasRemaining()) {
                predictions.addEntry(chunk.getLong());
            }
        });
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
