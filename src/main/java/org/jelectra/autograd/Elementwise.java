package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Records operations that treat every element alike. */
final class Elementwise {

    private final Recording recording;
    private final Backend backend;

    Elementwise(Recording recording) {
        this.recording = recording;
        backend = recording.backend();
    }

    private Variable result(String name, Variable like, boolean requiresGradient) {
        Shape shape = like.value().shape();
        return recording.result(name, shape.rows(), shape.width(), requiresGradient);
    }

    /** See {@link Tape#add}. */
    Variable add(Variable a, Variable b) {
        Shape shape = a.value().shape();
        Shape other = b.value().shape();
        if (shape.rows() != other.rows() || shape.width() != other.width()) {
            throw new IllegalArgumentException(
                    "add: both values must have the same rows and width, got " + a.value() + " and " + b.value());
        }
        Variable y = result("add", a, Variable.anyRequiresGradient(a, b));
        recording.forward("add", StepTensors.of(a, b, y), () -> {
            Operation copy = backend.dropout(a.value(), Dropout.NONE, y.value());
            return copy.then(backend.add(b.value(), y.value()));
        });
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                addCopy(b, dy);
                recording.addLast(a, dy);
            }
        });
        return y;
    }

    /** Adds a gradient that stays as it is. */
    private void addCopy(Variable x, Tensor dy) {
        if (!x.requiresGradient()) {
            return;
        }
        if (x.gradient() != null) {
            recording.addContribution(x, dy);
            return;
        }
        Tensor dx = recording.newGradient(x);
        recording.backward("copy", StepTensors.of(dy, dx), () -> backend.dropout(dy, Dropout.NONE, dx));
    }

    /** See {@link Tape#gelu}. */
    Variable gelu(Variable x) {
        Variable y = result("gelu", x, x.requiresGradient());
        recording.forward("gelu", StepTensors.of(x, y), () -> backend.gelu(x.value(), y.value()));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                recording.backward(
                        "geluBackward", StepTensors.of(x, dy), () -> backend.geluBackward(x.value(), dy, dy));
                recording.addLast(x, dy);
            }
        });
        return y;
    }

    /** See {@link Tape#dropout}. */
    Variable dropout(Variable x, Dropout dropout) {
        if (!dropout.isActive()) {
            return x;
        }
        Variable y = result("dropout", x, x.requiresGradient());
        recording.forward(
                "dropout", StepTensors.of(x, dropout, y), () -> backend.dropout(x.value(), dropout, y.value()));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy != null) {
                Tensor dx = recording.contribution(x);
                recording.backward(
                        "dropoutBackward", StepTensors.of(dy, dropout, dx), () -> backend.dropout(dy, dropout, dx));
                recording.addContribution(x, dx);
            }
        });
        return y;
    }
}
