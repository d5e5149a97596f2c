package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.WordPiece;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.DocumentReader;
import org.jelectra.text.corpus.ParallelBlocks;
import org.jelectra.text.corpus.Replacements;
import org.jelectra.text.corpus.TextProgress;

/** One reading of the corpus, from a resume point to the end. */
final class PreparationPass {

    private final Corpus corpus;
    private final Path directory;
    private final PrepareOptions options;
    private final PrepareListener listener;
    private final ResumePoint start;
    private final Tally tally;
    private final String vocabularyHash;
    private long lastCheckpoint = System.nanoTime();
    private int shardsAtCheckpoint;

    PreparationPass(
            Corpus corpus, Path directory, PrepareOptions options, PrepareListener listener, ResumePoint start) {
        this.corpus = corpus;
        this.directory = directory;
        this.options = options;
        this.listener = listener;
        this.start = start;
        this.tally = start.tally();
        this.vocabularyHash = options.vocabulary().sha256();
    }

    /** What was counted. */
    Tally tally() {
        return tally;
    }

    /** Reads everything and completes the shards; the manifest is not written yet. */
    ShardManifest run() throws IOException {
        DuplicateIndex index = new DuplicateIndex();
        try (PartWriter training = writer(Part.TRAINING, start.training());
                PartWriter heldOut = writer(Part.HELD_OUT, start.heldOut());
                SignatureLog log = new SignatureLog(directory, start.signatures(), index);
                DocumentReader reader = corpus.documents(start.position())) {
            PartPacker trainingPacker = packer(options.seed(), training, start.training());
            PartPacker heldOutPacker = packer(SequencePacker.HELD_OUT_SEED, heldOut, start.heldOut());
            DocumentRouter router =
                    new DocumentRouter(options, start.rule(), tally, trainingPacker, heldOutPacker, index, log);
            shardsAtCheckpoint = training.shards().size() + heldOut.shards().size();
            long startText = tally.textBytes;
            Replacements startReplaced = tally.replaced;
            long total = corpus.bytes();
            ParallelBlocks.run(
                    reader,
                    options.threads(),
                    documents -> PreparedBlock.of(documents, new WordPiece(options.vocabulary(), options.wordPiece())),
                    (block, end) -> {
                        router.accept(block);
                        tally.textBytes = startText + end.textBytes();
                        tally.replaced = startReplaced.plus(end.replaced());
                        if (end.position() != null && isDue(training, heldOut)) {
                            log.checkpoint();
                            new ResumePoint(
                                            start.settings(),
                                            start.rule(),
                                            end.position(),
                                            tally,
                                            index.documents(),
                                            state(training, trainingPacker),
                                            state(heldOut, heldOutPacker))
                                    .write(directory);
                            lastCheckpoint = System.nanoTime();
                        }
                        listener.onProgress(new TextProgress(
                                end.bytesRead(),
                                total,
                                reader.startBytes(),
                                end.textBytes(),
                                tally.tokens,
                                (System.nanoTime() - reader.startNanos()) * 1e-9));
                    });
            router.finish();
            requireTokens();
            trainingPacker.finish();
            heldOutPacker.finish();
            return manifest(training, heldOut);
        }
    }

    private PartWriter writer(Part part, ResumePoint.PartState state) throws IOException {
        return new PartWriter(directory, part, options, vocabularyHash, state.shards(), state.open());
    }

    private PartPacker packer(long seed, PartWriter writer, ResumePoint.PartState state) {
        return new PartPacker(options.packing().sequenceLength(), seed, options.vocabulary(), writer, state.packer());
    }

    private static ResumePoint.PartState state(PartWriter writer, PartPacker packer) throws IOException {
        PartWriter.OpenShard open = writer.checkpoint();
        return new ResumePoint.PartState(writer.shards(), open, packer.state());
    }

    private boolean isDue(PartWriter training, PartWriter heldOut) {
        int shards = training.shards().size() + heldOut.shards().size();
        boolean due = shards > shardsAtCheckpoint
                || (System.nanoTime() - lastCheckpoint) * 1e-9 >= options.checkpointSeconds();
        shardsAtCheckpoint = shards;
        return due;
    }

    private void requireTokens() throws IOException {
        long kept = tally.partDocuments[0] + tally.partDocuments[1];
        if (kept == 0) {
            throw new IOException(
                    tally.tokens == 0
                            ? "corpus: the text of " + corpus.description() + " has no token"
                            : "corpus: none of the " + tally.documents + " documents is kept: all have fewer than "
                                    + options.minTokens() + " tokens; lower --min-tokens");
        }
    }

    private ShardManifest manifest(PartWriter training, PartWriter heldOut) {
        ShardManifest manifest = new ShardManifest(
                vocabularyHash,
                options.vocabulary().size(),
                options.wordPiece(),
                options.packing().sequenceLength(),
                options.packing().heldOutFraction(),
                options.seed(),
                options.minTokens(),
                options.sequencesPerShard(),
                corpus.inputs(),
                corpus.blankLines(),
                tally.counts(),
                new PreparedPart(tally.partDocuments[0], training.shards()),
                new PreparedPart(tally.partDocuments[1], heldOut.shards()));
        long packed = manifest.training().tokens() + manifest.heldOut().tokens();
        if (packed != manifest.counts().keptTokens()) {
            throw new IllegalStateException("packed " + packed + " tokens, but the text has "
                    + manifest.counts().keptTokens() + " that are not dropped");
        }
        return manifest;
    }
}
