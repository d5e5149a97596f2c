package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jelectra.backend.GradientGroup;
import org.jelectra.tensor.Tensor;

/** A group of parameters' gradients while its members are recorded. */
final class PendingGradients {

    /**
     * Products of a group: eight layers of an encoder, which fill a device of 132 multiprocessors with half as many parts to add up
     * afterwards as four do. More would gain little, and what they read must be kept until then.
     */
    private static final int PRODUCTS = 32;

    private final GradientGroup group;
    private final List<Tensor> tensors = new ArrayList<>();
    private final Set<Tensor> targets = new HashSet<>();
    private int products;

    PendingGradients(GradientGroup group) {
        this.group = group;
    }

    GradientGroup group() {
        return group;
    }

    /** Whether members that add to one of these, null for none, must wait for the next group. */
    boolean addsTo(Tensor first, Tensor second) {
        return targets.contains(first) || second != null && targets.contains(second);
    }

    /** Takes note of a product. */
    void addProduct(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        group.linearBackwardWeight(x, dy, dWeight, dBias);
        tensors.add(x);
        tensors.add(dy);
        addTarget(dWeight);
        addTarget(dBias);
        products++;
    }

    /** Takes note of a gradient that another member adds to; null for none. */
    void addTarget(Tensor target) {
        if (target != null) {
            targets.add(target);
            tensors.add(target);
        }
    }

    boolean isFull() {
        return products == PRODUCTS;
    }

    /** All that the end of the group reads or writes. */
    List<Tensor> tensors() {
        return List.copyOf(tensors);
    }
}
