package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.WordPiece;

/**
 * A model on disk, without its weights.
 *
 * @param path where {@code config.json} lies
 * @param config sizes of the encoder
 * @param tokenizer vocabulary, casing and longest sequence
 */
record ModelFolder(Path path, EncoderConfig config, TokenizerFiles tokenizer) {

    /**
     * The model in a directory, which may be a run's.
     *
     * @throws IOException if there is none, or its files are malformed or do not fit
     */
    static ModelFolder open(Path directory) throws IOException {
        Path folder = EncoderFiles.find(directory);
        EncoderConfig config = ModelFiles.readConfig(folder);
        TokenizerFiles tokenizer = TokenizerFiles.load(folder, config);
        return new ModelFolder(folder, config, tokenizer);
    }

    /**
     * As {@link #open(Path)}, of a certain kind.
     *
     * @throws IOException also if the model is of another kind; the message names both
     */
    static ModelFolder open(Path directory, ModelKind needed) throws IOException {
        ModelKind found = ModelKind.of(directory);
        if (found != needed) {
            throw new IOException(directory + ": expected a model for " + needed + ", found " + found);
        }
        return open(directory);
    }

    /**
     * The model with its weights, which are never to change.
     *
     * @throws IOException if a tensor is missing, left over or of another shape
     */
    <H> EncoderWithHead<H> network(Backend backend, EncoderWithHead.HeadFactory<H> head) throws IOException {
        EncoderWithHead<H> network = EncoderWithHead.untrained(backend, config, head);
        EncoderFiles.loadAll(network, path);
        backend.freeze(network.parameters().values().storage());
        return network;
    }

    /** A tokenizer for one thread. */
    WordPiece wordPiece() {
        return new WordPiece(tokenizer.vocabulary(), tokenizer.options());
    }

    int padId() {
        return tokenizer.vocabulary().padId();
    }

    int maxLength() {
        return tokenizer.maxLength();
    }
}
