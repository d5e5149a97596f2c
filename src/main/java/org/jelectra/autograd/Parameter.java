package org.jelectra.autograd;

import java.util.List;
import org.jelectra.tensor.Tensor;

/**
 * A trained tensor and its gradient, equal in shape. Backward passes add to the gradient; whoever begins a step clears it.
 *
 * @param name unique name within the model
 * @param members names of the parameters that are stacked in it; its own alone where it is one
 * @param value the weights
 * @param gradient sum of the gradients since it was last cleared
 */
public record Parameter(String name, List<String> members, Tensor value, Tensor gradient) {

    public Parameter {
        members = List.copyOf(members);
    }

    /** One of which nothing else is a part. */
    public Parameter(String name, Tensor value, Tensor gradient) {
        this(name, List.of(name), value, gradient);
    }
}
