package org.jelectra.pretrain;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.Masking;
import org.jelectra.text.batch.MaskingOptions;

/** A model and batches so small that a step takes milliseconds, with odd sizes and dropout. */
public final class SmallRun {

    public static final int VOCABULARY = 67;
    public static final int LENGTH = 19;
    public static final int BATCH = 4;

    private SmallRun() {}

    public static Vocabulary vocabulary() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int i = tokens.size(); i < VOCABULARY; i++) {
            tokens.add("w" + i);
        }
        return Vocabulary.of(tokens);
    }

    public static ElectraConfig config(Sharing sharing, Objective objective) {
        EncoderConfig encoder = new EncoderConfig(VOCABULARY, 12, 20, 2, 2, 36, 24, 2, 0.1f, 0.1f, 1e-12f, 0.02f);
        return ElectraConfig.of(encoder, 0.5, 1, sharing, objective);
    }

    public static PretrainSettings settings(Sharing sharing, Objective objective, int microBatches) {
        return settings(config(sharing, objective), LossOptions.of(objective), microBatches);
    }

    public static PretrainSettings settings(ElectraConfig config, LossOptions options, int microBatches) {
        return new PretrainSettings(
                config,
                options,
                MaskingOptions.standard(),
                BATCH,
                microBatches,
                LENGTH,
                50,
                1e-2,
                5,
                0.01,
                7,
                10,
                25,
                8);
    }

    /** Settings with some components changed: the name of each, and its value. */
    public static PretrainSettings with(PretrainSettings base, Object... changes) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Class<?>> types = new ArrayList<>();
        try {
            for (RecordComponent component : PretrainSettings.class.getRecordComponents()) {
                values.put(component.getName(), component.getAccessor().invoke(base));
                types.add(component.getType());
            }
            for (int i = 0; i < changes.length; i += 2) {
                if (values.replace((String) changes[i], changes[i + 1]) == null) {
                    throw new IllegalArgumentException("expected one of " + values.keySet() + ", got " + changes[i]);
                }
            }
            return PretrainSettings.class
                    .getDeclaredConstructor(types.toArray(new Class<?>[0]))
                    .newInstance(values.values().toArray());
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    public static PretrainSettings settings(int microBatches) {
        return settings(Sharing.EMBEDDINGS, Objective.ELECTRA, microBatches);
    }

    /** Random tokens in rows of different lengths, masked. */
    public static Batch batch(int step) {
        MaskingOptions options = MaskingOptions.standard();
        Batch batch = new Batch(BATCH, LENGTH, options.maxPredictions(LENGTH));
        Masking masking = new Masking(options, vocabulary(), LENGTH, 3);
        RandomSource random = new RandomSource(11, 99, step, 0);
        for (int row = 0; row < BATCH; row++) {
            int tokens = LENGTH - 3 * row;
            int at = row * LENGTH;
            for (int i = 0; i < tokens; i++) {
                batch.inputIds[at + i] = i == 0 ? 2 : i == tokens - 1 ? 3 : 5 + random.nextInt(VOCABULARY - 5);
                batch.attentionMask[at + i] = 1;
                batch.tokenTypeIds[at + i] = i > tokens / 2 ? 1 : 0;
            }
            batch.tokenCount += tokens;
            masking.mask(batch, row, step, row);
        }
        return batch;
    }

    public static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }
}
