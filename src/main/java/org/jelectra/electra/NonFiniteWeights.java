package org.jelectra.electra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a model's file with values that are not numbers.
 *
 * @param file the file
 * @param tensor its name there
 * @param nans values that are NaN
 * @param infinities values that are infinite
 * @param values values of the tensor
 */
public record NonFiniteWeights(Path file, String tensor, int nans, int infinities, int values) {

    /**
     * All such tensors of networks; none in sound ones.
     *
     * @throws IOException if a file cannot be read
     */
    public static List<NonFiniteWeights> find(List<NetworkFolder> folders) throws IOException {
        List<NonFiniteWeights> found = new ArrayList<>();
        for (NetworkFolder folder : folders) {
            try (WeightFile file = WeightFile.open(folder.path())) {
                add(found, folder.path().resolve(ModelFiles.WEIGHTS), file);
            }
            if (Files.exists(folder.path().resolve(ModelFiles.COPY_GATE))) {
                try (WeightFile file = WeightFile.openGate(folder.path())) {
                    add(found, folder.path().resolve(ModelFiles.COPY_GATE), file);
                }
            }
        }
        return found;
    }

    private static void add(List<NonFiniteWeights> found, Path path, WeightFile file) throws IOException {
        for (String name : file.names()) {
            NonFiniteWeights weights = of(path, name, file.floats(name));
            if (weights.nans + weights.infinities > 0) {
                found.add(weights);
            }
        }
    }

    private static NonFiniteWeights of(Path file, String tensor, float[] values) {
        int nans = 0;
        int infinities = 0;
        for (float value : values) {
            nans += Float.isNaN(value) ? 1 : 0;
            infinities += Float.isInfinite(value) ? 1 : 0;
        }
        return new NonFiniteWeights(file, tensor, nans, infinities, values.length);
    }
}
