package org.jelectra.electra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.nn.EncoderConfig;

/**
 * A folder with the files of one network, {@code config.json} and {@code model.safetensors}.
 *
 * @param network {@link ElectraModel#GENERATOR} or {@link ElectraModel#DISCRIMINATOR}
 * @param path the folder
 */
public record NetworkFolder(String network, Path path) {

    /**
     * The networks in directories, each of which is a run of ours (with folders {@code discriminator} and {@code generator}) or
     * holds the files of a single network, whose {@code config.json} names it in {@code architectures}. Where that is {@code
     * ElectraForMaskedLM}, a copy gate beside it or the folder's name, {@code discriminator}, tell a main network that predicts
     * tokens from a generator.
     *
     * @throws IOException if a directory holds neither, or a network is given twice
     */
    public static List<NetworkFolder> find(List<Path> directories) throws IOException {
        List<NetworkFolder> found = new ArrayList<>();
        for (Path directory : directories) {
            for (NetworkFolder folder : findIn(directory)) {
                for (NetworkFolder other : found) {
                    if (other.network.equals(folder.network)) {
                        throw new IOException("expected one " + folder.network + " to begin with, found two: "
                                + other.path + " and " + folder.path);
                    }
                }
                found.add(folder);
            }
        }
        return found;
    }

    private static List<NetworkFolder> findIn(Path directory) throws IOException {
        List<NetworkFolder> found = new ArrayList<>();
        for (String network : List.of(ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR)) {
            if (Files.isRegularFile(directory.resolve(network).resolve(ModelFiles.CONFIG))) {
                found.add(new NetworkFolder(network, directory.resolve(network)));
            }
        }
        if (found.isEmpty()) {
            if (!Files.isRegularFile(directory.resolve(ModelFiles.CONFIG))) {
                throw MissingModel.at(
                        directory,
                        "discriminator/ and generator/ as a finished run leaves them, or " + ModelFiles.CONFIG + " and "
                                + ModelFiles.WEIGHTS,
                        "neither");
            }
            found.add(new NetworkFolder(networkOf(directory), directory));
        }
        for (NetworkFolder folder : found) {
            ModelFiles.requireWeights(folder.path);
        }
        return found;
    }

    private static String networkOf(Path directory) throws IOException {
        boolean main = !ModelFiles.predictsTokens(directory)
                || Files.exists(directory.resolve(ModelFiles.COPY_GATE))
                || directory.toRealPath().endsWith(ElectraModel.DISCRIMINATOR);
        return main ? ElectraModel.DISCRIMINATOR : ElectraModel.GENERATOR;
    }

    /**
     * Checks that a network has the sizes that the files were made for.
     *
     * @throws IOException saying which differ
     */
    void requireSizes(EncoderConfig wanted) throws IOException {
        EncoderConfig file = ModelFiles.readConfig(path);
        List<String> differences = new ArrayList<>();
        compare(differences, "vocab_size", wanted.vocabularySize(), file.vocabularySize());
        compare(differences, "embedding_size", wanted.embeddingSize(), file.embeddingSize());
        compare(differences, "hidden_size", wanted.hiddenSize(), file.hiddenSize());
        compare(differences, "num_hidden_layers", wanted.layers(), file.layers());
        compare(differences, "num_attention_heads", wanted.heads(), file.heads());
        compare(differences, "intermediate_size", wanted.intermediateSize(), file.intermediateSize());
        compare(differences, "max_position_embeddings", wanted.maxPositions(), file.maxPositions());
        compare(differences, "type_vocab_size", wanted.tokenTypes(), file.tokenTypes());
        compare(differences, "layer_norm_eps", wanted.layerNormEpsilon(), file.layerNormEpsilon());
        if (!differences.isEmpty()) {
            throw new IOException(path.resolve(ModelFiles.CONFIG) + ": the run's " + network
                    + " has other sizes: " + String.join(", ", differences)
                    + "; leave the sizes out, or choose them and the vocabulary as in the file");
        }
    }

    private static void compare(List<String> differences, String name, Number wanted, Number file) {
        if (!wanted.equals(file)) {
            differences.add(name + " " + file + " in the file, " + wanted + " in the run");
        }
    }
}
