package org.jelectra.exchange;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What was written.
 *
 * @param folder where the model is now
 * @param architecture HuggingFace's class
 * @param weights the file that the weights came from, or the index of several
 * @param types the types that it stores, as the safetensors format spells them
 * @param tensors number of tensors
 * @param parameters number of values
 * @param comparedLogits logits (of an encoder alone: values of the last hidden states) that the self-check found equal; 0 where
 *     there was none
 * @param notes what the source does not say and was assumed, and what of it was not read; a sentence each
 */
public record ModelReport(
        Path folder,
        Architecture architecture,
        Path weights,
        Set<String> types,
        int tensors,
        long parameters,
        int comparedLogits,
        List<String> notes) {

    static ModelReport of(ModelSource source, Path folder, int comparedLogits) {
        return new ModelReport(
                folder,
                source.architecture(),
                source.weightsPath(),
                source.weights().types(),
                source.weights().shapes().size(),
                source.weights().parameters(),
                comparedLogits,
                source.notes());
    }
}
