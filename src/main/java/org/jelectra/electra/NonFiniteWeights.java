package org.jelectra.electra;

import java.io.IOException;
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
                for (String name : file.names()) {
                    NonFiniteWeights weights = of(folder.path().resolve(ModelFiles.WEIGHTS), name, file.floats(name));
                    if (weights.nans + weights.infinities > 0) {
                        found.add(weights);
                    }
                }
            }
        }
        return found;
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
