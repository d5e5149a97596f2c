package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jelectra.electra.WeightFile;
import org.jelectra.io.TensorFile;
import org.jelectra.io.tensorflow.CheckpointPrefix;
import org.jelectra.io.tensorflow.TensorBundle;

/**
 * The networks in a checkpoint of ELECTRA's original code. Which there are is told by the names: {@code electra/} is the
 * discriminator's encoder, {@code generator/} the generator's; where all weights are shared, or there is only a masked language model,
 * the generator's is {@code electra/} too.
 */
final class OriginalCheckpoint {

    private static final String ELECTRA = "electra";
    private static final String GENERATOR = "generator";

    private OriginalCheckpoint() {}

    /**
     * Opens a checkpoint, in whose folder are the tokenizer's files too.
     *
     * @param source as {@link CheckpointPrefix#find} takes it
     * @throws IOException if a file is missing or malformed, or holds anything but ELECTRA's networks as they are pre-trained
     */
    static List<ModelSource> open(Path source, HeadCounts heads) throws IOException {
        Path prefix = CheckpointPrefix.find(source);
        TensorBundle bundle = TensorBundle.open(prefix);
        try {
            return sources(prefix, bundle, heads);
        } catch (IOException | RuntimeException e) {
            bundle.close();
            throw e;
        }
    }

    private static List<ModelSource> sources(Path prefix, TensorBundle bundle, HeadCounts heads) throws IOException {
        Path index = CheckpointPrefix.index(prefix);
        Path folder = prefix.getParent() == null ? Path.of(".") : prefix.getParent();
        boolean ownEncoder = has(bundle, GENERATOR + "/encoder/");
        if (heads.generator() > 0 && !ownEncoder) {
            throw new IOException(
                    index + ": expected no --generator-heads, as no generator here has layers of its own");
        }
        List<OriginalNetwork> networks = networks(bundle, ownEncoder ? GENERATOR : ELECTRA);
        List<String> general = new ArrayList<>(notRead(index, bundle, networks));
        if (!Files.exists(folder.resolve("tokenizer_config.json")) && !Files.exists(folder.resolve("tokenizer.json"))) {
            general.add(
                    "text is lower-cased, as no tokenizer_config.json says otherwise; for a cased model put one with"
                            + " {\"do_lower_case\": false} beside vocab.txt and import again");
        }
        List<ModelSource> sources = new ArrayList<>();
        for (OriginalNetwork network : networks) {
            boolean own = network.encoder().equals(GENERATOR);
            OriginalSizes sizes = OriginalSizes.of(network, own ? heads.generator() : heads.encoder(), index);
            List<String> notes = new ArrayList<>();
            notes.add(sizes.headsNote(own ? "--generator-heads" : "--heads"));
            notes.addAll(sources.isEmpty() ? general : List.of());
            sources.add(
                    ModelSource.of(folder, index, network, network.architecture(), sizes.config(), List.copyOf(notes)));
        }
        return sources;
    }

    private static List<OriginalNetwork> networks(TensorBundle bundle, String generatorEncoder) {
        boolean discriminator = has(bundle, OriginalNetwork.head(Architecture.PRE_TRAINING));
        boolean generator = has(bundle, OriginalNetwork.head(Architecture.MASKED_LM));
        List<OriginalNetwork> networks = new ArrayList<>();
        if (discriminator) {
            networks.add(new OriginalNetwork(bundle, Architecture.PRE_TRAINING, ELECTRA, ELECTRA));
        }
        if (generator) {
            String embeddings = has(bundle, GENERATOR + "/embeddings/") ? GENERATOR : ELECTRA;
            networks.add(new OriginalNetwork(bundle, Architecture.MASKED_LM, embeddings, generatorEncoder));
        }
        if (networks.isEmpty()) {
            networks.add(new OriginalNetwork(bundle, Architecture.ENCODER, ELECTRA, ELECTRA));
        }
        return networks;
    }

    private static boolean has(TensorFile checkpoint, String prefix) {
        return checkpoint.names().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /**
     * Whether a tensor is none of a network: the number of steps, the temperature of sampling that old checkpoints hold, or what an
     * optimiser keeps of a tensor, under that tensor's name.
     */
    static boolean isPassedOver(String name, TensorFile checkpoint) {
        return name.equals("global_step") || name.endsWith("/temperature") || isSlot(name, checkpoint);
    }

    private static boolean isSlot(String name, TensorFile checkpoint) {
        int end = name.lastIndexOf('/');
        return end > 0 && checkpoint.contains(name.substring(0, end));
    }

    /** A note that says what is not read, if anything; what belongs to nothing known is refused. */
    private static List<String> notRead(Path index, TensorBundle bundle, List<OriginalNetwork> networks)
            throws IOException {
        Set<String> left = new LinkedHashSet<>(bundle.names());
        networks.forEach(network -> left.removeAll(network.originals()));
        Set<String> passedOver = new LinkedHashSet<>(left);
        passedOver.removeIf(name -> !isPassedOver(name, bundle));
        left.removeAll(passedOver);
        if (!left.isEmpty()) {
            throw new IOException(index
                    + ": expected the variables of ELECTRA's original code as it pre-trains (electra/,"
                    + " generator/, discriminator_predictions/, generator_predictions/), found also "
                    + WeightFile.shown(left)
                    + hint(left));
        }
        List<String> others = new ArrayList<>(passedOver);
        others.removeIf(name -> isSlot(name, bundle));
        int slots = passedOver.size() - others.size();
        if (slots > 0) {
            others.add(slots + " tensors of the optimiser");
        }
        return others.isEmpty() ? List.of() : List.of("not read: " + String.join(", ", others));
    }

    private static String hint(Set<String> left) {
        return left.stream().anyMatch(name -> name.startsWith("task_specific/"))
                ? "; heads of fine-tuned models are not imported from TensorFlow: import the checkpoint before, and fine-tune"
                : "";
    }
}
