package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.Tensor;

/** Records lookups of rows. */
final class RowLookups {

    private final Recording recording;
    private final Backend backend;

    RowLookups(Recording recording) {
        this.recording = recording;
        backend = recording.backend();
    }

    /** See {@link Tape#gatherRows}. */
    Variable gatherRows(Variable x, Tensor rows) {
        Variable y = result(x, rows);
        recording.forward(
                "gatherRows", StepTensors.of(x, rows, y), () -> backend.gatherRows(x.value(), rows, y.value()));
        return y;
    }

    /** The rows that another operation looks up; the backward pass is that of a lookup alone. */
    Variable result(Variable x, Tensor rows) {
        Variable y = recording.result(
                "gatherRows", (int) rows.size(), x.value().shape().width(), x.requiresGradient());
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                backward(dy, rows, x);
            }
        });
        return y;
    }

    /** What the gradient of the rows contributes to that of x, which requires one. */
    void backward(Tensor dy, Tensor rows, Variable x) {
        Tensor dx = recording.contribution(x);
        recording.backward(
                "gatherRowsBackward", StepTensors.of(dy, rows, dx), () -> backend.gatherRowsBackward(dy, rows, dx));
        recording.addContribution(x, dx);
    }
}
