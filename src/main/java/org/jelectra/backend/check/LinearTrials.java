package org.jelectra.backend.check;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** The part of the {@link Catalog} that is products with weights, at given sizes. */
final class LinearTrials {

    private final Sizes sizes;

    LinearTrials(Sizes sizes) {
        this.sizes = sizes;
    }

    List<Trial> all() {
        int rows = sizes.tokens();
        int inputs = sizes.hidden();
        int outputs = sizes.feedForward();
        double flops = productFlops(rows, inputs, outputs);
        List<Trial> fused = List.of(
                Trial.of("linearGelu")
                        .values("x", rows, inputs)
                        .weight("weight", outputs, inputs)
                        .numbers("bias", outputs)
                        .optional()
                        .values("preActivation", rows, outputs)
                        .written()
                        .values("y", rows, outputs)
                        .written()
                        .flops(flops)
                        .prepares((b, t) -> b.linearGelu(
                                t.get("x"), t.get("weight"), t.get("bias"), t.get("preActivation"), t.get("y"))),
                // the second product of the feed-forward layer
                Trial.of("linearBackwardInputGelu")
                        .values("dy", rows, inputs)
                        .weight("weight", inputs, outputs)
                        .values("preActivation", rows, outputs)
                        .values("dPreActivation", rows, outputs)
                        .written()
                        .flops(flops)
                        .prepares((b, t) -> b.linearBackwardInputGelu(
                                t.get("dy"), t.get("weight"), t.get("preActivation"), t.get("dPreActivation"))),
                weightGradient("gradientGroup", rows, inputs, outputs, outputs).prepares(LinearTrials::gradientGroup));
        return Stream.concat(product(rows, inputs, outputs, outputs).stream(), fused.stream())
                .toList();
    }

    /** Those that can also overwrite what they else add to, or leave a gradient out. */
    List<Trial> variants() {
        return List.of(
                backwardInput(
                        "linearBackwardInput without adding",
                        sizes.tokens(),
                        sizes.hidden(),
                        sizes.feedForward(),
                        sizes.feedForward(),
                        false),
                Trial.of("linearBackwardWeight of the bias alone")
                        .values("dy", sizes.tokens(), sizes.feedForward())
                        .free(0, 1)
                        .numbers("dBias", sizes.feedForward())
                        .updated()
                        .prepares((b, t) -> b.linearBackwardWeight(null, t.get("dy"), null, t.get("dBias"))));
    }

    /** As {@link Catalog#product}. */
    static List<Trial> product(int rows, int inputs, int outputs, int width) {
        double flops = productFlops(rows, inputs, outputs);
        return List.of(
                Trial.of("linear")
                        .values("x", rows, inputs)
                        .weight("weight", outputs, inputs)
                        .numbers("bias", outputs)
                        // logits may have more columns
                        .values("y", rows, width)
                        .free(1)
                        .written()
                        .flops(flops)
                        .prepares((b, t) -> b.linear(t.get("x"), t.get("weight"), t.get("bias"), t.get("y"))),
                backwardInput("linearBackwardInput", rows, inputs, outputs, width, true),
                weightGradient("linearBackwardWeight", rows, inputs, outputs, width)
                        .prepares((b, t) ->
                                b.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"))));
    }

    private static Trial backwardInput(String name, int rows, int inputs, int outputs, int width, boolean accumulate) {
        return Trial.of(name)
                .values("dy", rows, width)
                .free(1)
                .weight("weight", outputs, inputs)
                .values("dx", rows, inputs)
                .accumulated(accumulate)
                .flops(productFlops(rows, inputs, outputs))
                .prepares((b, t) -> b.linearBackwardInput(t.get("dy"), t.get("weight"), t.get("dx"), accumulate));
    }

    private static Trial weightGradient(String name, int rows, int inputs, int outputs, int width) {
        return Trial.of(name)
                .values("x", rows, inputs)
                .values("dy", rows, width)
                .free(1)
                .numbers("dWeight", outputs, inputs)
                .updated()
                .numbers("dBias", outputs)
                .updated()
                .flops(productFlops(rows, inputs, outputs));
    }

    static double productFlops(int rows, int inputs, int outputs) {
        return 2.0 * rows * inputs * outputs;
    }

    /** A group of one layer; the operation alone on a backend that has no groups. */
    private static Operation gradientGroup(Backend backend, Map<String, Tensor> t) {
        GradientGroup group = backend.gradientGroup();
        if (group == null) {
            return backend.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"));
        }
        group.linearBackwardWeight(t.get("x"), t.get("dy"), t.get("dWeight"), t.get("dBias"));
        return group.finish();
    }
}
