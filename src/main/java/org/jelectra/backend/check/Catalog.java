package org.jelectra.backend.check;

import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.AdamWOptions;

/** Every operation of a backend, at given sizes. */
public final class Catalog {

    private final Sizes sizes;

    private Catalog(Sizes sizes) {
        this.sizes = sizes;
    }

    /** All of them as a training step has them, in the order of {@link org.jelectra.backend.Backend}. */
    public static List<Trial> of(Sizes sizes) {
        Catalog catalog = new Catalog(sizes);
        return Stream.of(
                        catalog.elementwise(),
                        new LinearTrials(sizes).all(),
                        new EncoderTrials(sizes).all(),
                        new EmbeddingTrials(sizes).all(),
                        new LossTrials(sizes).all(),
                        catalog.optimizer())
                .flatMap(List::stream)
                .toList();
    }

    /** Those, and where they have a choice (to overwrite instead of adding, another temperature) the other one. */
    public static List<Trial> withVariants(Sizes sizes) {
        return Stream.of(
                        of(sizes),
                        new LinearTrials(sizes).variants(),
                        new EncoderTrials(sizes).variants(),
                        new EmbeddingTrials(sizes).variants(),
                        new LossTrials(sizes).variants())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * A product {@code y[rows, outputs] = x[rows, inputs] weight^T}, forward and both directions backward.
     *
     * @param width columns of y and of its gradient: outputs, or more for logits
     */
    public static List<Trial> product(int rows, int inputs, int outputs, int width) {
        return LinearTrials.product(rows, inputs, outputs, width);
    }

    private List<Trial> elementwise() {
        int rows = sizes.tokens();
        int width = sizes.hidden();
        return List.of(
                Trial.of("fill")
                        .values("x", rows, width)
                        .free(0, 1)
                        .written()
                        .prepares((b, t) -> b.fill(t.get("x"), 1.1f)),
                Trial.of("add")
                        .values("x", rows, width)
                        .values("y", rows, width)
                        .updated()
                        .prepares((b, t) -> b.add(t.get("x"), t.get("y"))),
                Trial.of("dropout")
                        .values("x", rows, width)
                        .clock()
                        .values("y", rows, width)
                        .written()
                        .prepares((b, t) -> b.dropout(t.get("x"), Trial.dropout(t), t.get("y"))),
                Trial.of("gelu")
                        .values("x", rows, width)
                        .values("y", rows, width)
                        .written()
                        .prepares((b, t) -> b.gelu(t.get("x"), t.get("y"))),
                Trial.of("geluBackward")
                        .values("x", rows, width)
                        .values("dy", rows, width)
                        .values("dx", rows, width)
                        .written()
                        .prepares((b, t) -> b.geluBackward(t.get("x"), t.get("dy"), t.get("dx"))));
    }

    private List<Trial> optimizer() {
        int size = sizes.parameters();
        int decayed = size / 3 + 1;
        return List.of(
                Trial.of("globalNorm")
                        .numbers("gradients", size)
                        .free(0)
                        .numbers("norm", 1)
                        .updated()
                        .prepares((b, t) -> b.globalNorm(t.get("gradients"), t.get("norm"))),
                Trial.of("adamW")
                        .numbers("parameters", size)
                        .updated()
                        .numbers("gradients", size)
                        .numbers("m", size)
                        .updated()
                        .numbers("v", size)
                        .updated()
                        .numbers("norm", 1)
                        .numbers("learningRate", 1)
                        .prepares((b, t) -> b.adamW(
                                t.get("parameters"),
                                t.get("gradients"),
                                t.get("m"),
                                t.get("v"),
                                t.get("norm"),
                                new AdamWOptions(
                                        0.9,
                                        0.999,
                                        1e-6f,
                                        0.5f,
                                        t.get("learningRate"),
                                        List.of(
                                                new AdamWOptions.Segment(0, decayed, 1, 0.01f),
                                                new AdamWOptions.Segment(decayed, size - decayed, 0.5f, 0))))));
    }
}
