package org.jelectra.electra;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.Tensor;

/**
 * Begins a new run with the weights of another one, or of HuggingFace's safetensors. What the files lack keeps its random initial
 * weights; sizes and shapes must be the same.
 */
public final class InitialWeights {

    /**
     * What was found in one network's file.
     *
     * @param folder where it lies
     * @param loaded tensors that were taken
     * @param missing tensors of the network that the file lacks; they are as new
     * @param unexpected tensors of the file that the network has no place for; they are left out
     */
    public record Report(NetworkFolder folder, List<String> loaded, List<String> missing, List<String> unexpected) {}

    private static final String REMEDY = "; share nothing (--sharing none), or begin with one of the networks";

    private final ElectraModel model;
    private final Set<Tensor> filled = new LinkedHashSet<>();

    private InitialWeights(ElectraModel model) {
        this.model = model;
    }

    /**
     * Loads the networks that the model has; a folder of another one is passed over. A generator alone whose training is {@link
     * GeneratorTraining#FROZEN} begins both networks, whose encoders must then have its sizes: the second stage of two-stage
     * training.
     *
     * @throws IOException if sizes or shapes differ, a file is malformed, nothing in it belongs to the network, its output matrix is
     *     not its word table, or two files give different values to what the networks share
     */
    public static List<Report> load(ElectraModel model, List<NetworkFolder> folders) throws IOException {
        requireSizes(model.config(), folders);
        InitialWeights weights = new InitialWeights(model);
        List<Report> reports = new ArrayList<>();
        for (NetworkFolder folder : forBothNetworks(model.config(), folders)) {
            if (sizes(model.config(), folder) != null) {
                reports.add(weights.load(folder));
            }
        }
        return reports;
    }

    /**
     * Checks that a model has the sizes of the weights, which are not read.
     *
     * @throws IOException if sizes differ, or none of the networks is the model's
     */
    public static void requireSizes(ElectraConfig model, List<NetworkFolder> folders) throws IOException {
        requireSharable(model, folders);
        boolean found = false;
        for (NetworkFolder folder : forBothNetworks(model, folders)) {
            EncoderConfig sizes = sizes(model, folder);
            if (sizes != null) {
                folder.requireSizes(sizes);
                found = true;
            }
        }
        if (!found) {
            throw new IOException("expected a generator to begin with, as masked-language modelling alone has no other"
                    + " network, found " + folders);
        }
    }

    /** Two networks of their own sizes are not wrong sizes of one of them. */
    private static void requireSharable(ElectraConfig model, List<NetworkFolder> folders) throws IOException {
        if (folders.size() < 2 || !model.hasMainNetwork() || model.sharing() == Sharing.NONE) {
            return;
        }
        int first = ModelFiles.readConfig(folders.get(0).path()).embeddingSize();
        int second = ModelFiles.readConfig(folders.get(1).path()).embeddingSize();
        if (first != second) {
            throw new IOException(
                    folders.get(0).path() + " and " + folders.get(1).path()
                            + " have embeddings of " + first + " and " + second
                            + " numbers, which cannot be shared (sharing is "
                            + model.sharing() + ")" + REMEDY);
        }
    }

    /** Sizes of the model's network of that folder's kind; null where it has none. */
    private static EncoderConfig sizes(ElectraConfig model, NetworkFolder folder) {
        if (folder.network().equals(ElectraModel.GENERATOR)) {
            return model.generator();
        }
        return model.hasMainNetwork() ? model.discriminator() : null;
    }

    private static List<NetworkFolder> forBothNetworks(ElectraConfig config, List<NetworkFolder> folders) {
        boolean generatorAlone = folders.size() == 1 && folders.get(0).network().equals(ElectraModel.GENERATOR);
        return generatorAlone && config.generatorTraining() == GeneratorTraining.FROZEN
                ? List.of(
                        folders.get(0),
                        new NetworkFolder(
                                ElectraModel.DISCRIMINATOR, folders.get(0).path()))
                : folders;
    }

    private Report load(NetworkFolder folder) throws IOException {
        Map<String, Tensor> state = model.stateDict(folder.network());
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<String> unexpected = new ArrayList<>();
        try (WeightFile file = WeightFile.open(folder.path())) {
            load(file, state, loaded, missing);
            // files may leave the output matrix out: it is the word table
            missing.remove(ModelFiles.OUTPUT_WORDS);
            for (String name : file.names()) {
                if (!state.containsKey(name)) {
                    unexpected.add(name);
                }
            }
            if (loaded.isEmpty()) {
                throw new IOException(file + ": none of its " + unexpected.size() + " tensors belongs to a "
                        + folder.network() + "; expected names like " + missing.get(0));
            }
        }
        loadGate(folder, loaded, missing, unexpected);
        return new Report(folder, loaded, missing, unexpected);
    }

    private void load(WeightFile file, Map<String, Tensor> state, List<String> loaded, List<String> missing)
            throws IOException {
        for (Map.Entry<String, Tensor> entry : state.entrySet()) {
            if (file.contains(entry.getKey())) {
                load(file, entry.getKey(), entry.getValue());
                loaded.add(entry.getKey());
            } else {
                missing.add(entry.getKey());
            }
        }
    }

    private void loadGate(NetworkFolder folder, List<String> loaded, List<String> missing, List<String> unexpected)
            throws IOException {
        Map<String, Tensor> gate = model.copyGate();
        boolean found = Files.exists(folder.path().resolve(ModelFiles.COPY_GATE));
        if (!folder.network().equals(ElectraModel.DISCRIMINATOR) || !found) {
            missing.addAll(folder.network().equals(ElectraModel.DISCRIMINATOR) ? gate.keySet() : List.of());
            return;
        }
        try (WeightFile file = WeightFile.openGate(folder.path())) {
            load(file, gate, loaded, missing);
            file.names().stream().filter(name -> !gate.containsKey(name)).forEach(unexpected::add);
        }
    }

    private void load(WeightFile file, String name, Tensor tensor) throws IOException {
        if (filled.add(tensor)) {
            file.upload(name, model.backend(), tensor);
            return;
        }
        file.requireShape(name, tensor.shape());
        float[] values = file.floats(name);
        float[] before = new float[values.length];
        model.backend().download(tensor, before, 0);
        if (!Arrays.equals(before, values)) {
            throw new IOException(
                    file + ": " + name + " differs from the tensor that the run shares it with (sharing is "
                            + model.config().sharing() + ")" + REMEDY);
        }
    }
}
