package org.jelectra.tools;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.BatchOptions;
import org.jelectra.text.batch.BatchSource;
import org.jelectra.text.batch.MaskingOptions;
import org.jelectra.text.shards.Part;
import org.jelectra.text.shards.ShardedCorpus;

/** Writes the batches of a training run for another program, {@code tools/compare-training}. */
final class TrainingBatches {

    private TrainingBatches() {}

    /**
     * Writes {@link Batch} as a line of JSON for each step.
     *
     * @param args folder of shards, file to write, steps, batch size, seed, share of the tokens to guess, and "reference" for positions drawn
     *     with replacement, "words" for whole words or anything else
     */
    public static void main(String[] args) throws IOException {
        ShardedCorpus corpus = ShardedCorpus.open(Path.of(args[0]), ShardedCorpus.Check.CHECKSUMS);
        PackedSequences sequences = corpus.part(Part.TRAINING);
        BatchOptions options = new BatchOptions(Integer.parseInt(args[3]), sequences.sequenceLength());
        MaskingOptions masking = new MaskingOptions(
                Double.parseDouble(args[5]), 0.85, 0, args[6].equals("reference"), args[6].equals("words"));
        BatchSource source = new BatchSource(sequences, options, masking, corpus.vocabulary(), Long.parseLong(args[4]));
        Batch batch = source.newBatch();
        try (Writer out = Files.newBufferedWriter(Path.of(args[1]))) {
            for (int step = 0; step < Integer.parseInt(args[2]); step++) {
                source.fill(step, batch);
                out.write(new Gson().toJson(batch));
                out.write('\n');
            }
        }
    }
}
