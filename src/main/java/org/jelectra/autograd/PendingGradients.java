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
     * Elements of weights' gradients from which on a group is full: a thousand tiles of 128 x 128, four waves over a device of 132
     * multiprocessors. More is expected to gain little, and what they read must be kept until then: of wide layers a group has few.
     */
    private static final long ELEMENTS = 1 << 24;

    private final GradientGroup group;
    private final List<Tensor> tensors = new ArrayList<>();
    private final Set<Tensor> targets = new HashSet<>();
    private long elements;

    PendingGradients(GradientGroup group) {
        this.group = group;
    }

    GradientGroup group() {
        return group;
    }

    /** Whether a product that adds to one of these, null for none, must wait for the next group. */
    boolean addsTo(Tensor dWeight, Tensor dBias) {
        return targets.contains(dWeight) || dBias != null && targets.contains(dBias);
    }

    /** Takes note of a product; dBias may be null. */
    void addProduct(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        group.linearBackwardWeight(x, dy, dWeight, dBias);
        List<Tensor> sums = StepTensors.of(dWeight, dBias);
        targets.addAll(sums);
        tensors.addAll(sums);
        tensors.add(x);
        tensors.add(dy);
        elements += dWeight.size();
    }

    /** Takes note of the sums of a normalisation. */
    void addLayerNorm(Tensor dGamma, Tensor dBeta) {
        tensors.add(dGamma);
        tensors.add(dBeta);
    }

    /** Takes note of looked up rows. */
    void addEmbedding(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        group.embeddingBackward(dy, ids, tokenTypes, length, dWords, dPositions, dTypes);
        tensors.addAll(List.of(dy, ids, tokenTypes, dWords, dPositions, dTypes));
    }

    boolean isFull() {
        return elements >= ELEMENTS;
    }

    /** All that the end of the group reads or writes. */
    List<Tensor> tensors() {
        return List.copyOf(tensors);
    }
}
