package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * What a {@link Tape} has recorded: the steps of both passes, how each forward step appends its backward ones, and which tensor a
 * contribution to a gradient goes to.
 */
final class Recording {

    private final Backend backend;
    private final List<Step> forward = new ArrayList<>();
    private final List<Step> backward = new ArrayList<>();
    private final Set<Step> withoutBackward = new HashSet<>();
    private final List<Runnable> pullbacks = new ArrayList<>();
    private final List<Tensor> kept = new ArrayList<>();
    /** Words of logits that have columns behind these. */
    private final Map<Tensor, Integer> words = new HashMap<>();
    /** The tensors that {@link #compile} gives memory. */
    private final Set<Tensor> own = new HashSet<>();
    /** Values in whose place the forward pass puts their gradient. */
    private final Set<Tensor> overwritten = new HashSet<>();
    /** Results that the operation which computes them reads in its backward pass. */
    private final Set<Tensor> readBackward = new HashSet<>();

    private boolean reversed;
    private boolean compiled;

    Recording(Backend backend) {
        this.backend = backend;
    }

    Backend backend() {
        return backend;
    }

    /** A new tensor whose memory holds it only while recorded steps need it. */
    Tensor tensor(String name, DType dtype, int... dimensions) {
        return tensor(name, dtype, Shape.of(dimensions));
    }

    private Tensor tensor(String name, DType dtype, Shape shape) {
        Tensor tensor = Tensor.unbound(name, dtype, shape);
        own.add(tensor);
        return tensor;
    }

    /** The same, of the type, shape and words of another. */
    Tensor tensorLike(String name, Tensor other) {
        Tensor tensor = tensor(name, other.dtype(), other.shape());
        if (words.containsKey(other)) {
            words.put(tensor, words.get(other));
        }
        return tensor;
    }

    /**
     * The value of an operation, of the backend's type.
     *
     * @param requiresGradient whether {@linkplain Variable#anyRequiresGradient any} of what it is computed from does
     */
    Variable result(String name, int rows, int width, boolean requiresGradient) {
        return new Variable(this, tensor(name, backend.valueType(), rows, width), requiresGradient);
    }

    /** The same of logits of so many words, as wide as the backend likes them. */
    Variable logits(int rows, int ofWords, boolean requiresGradient) {
        Variable logits = result("logits", rows, backend.logitsWidth(ofWords), requiresGradient);
        words.put(logits.value(), ofWords);
        return logits;
    }

    /** The value of an operation that may read it in its backward pass, in a tensor of this recording that no step has touched. */
    Variable resultIn(Tensor y, boolean requiresGradient) {
        if (!own.contains(y) || forward.stream().anyMatch(step -> step.tensors().contains(y))) {
            throw new IllegalArgumentException(
                    "the result of an operation needs a new tensor of the tape that it is recorded on, got " + y);
        }
        readBackward.add(y);
        return new Variable(this, y, requiresGradient);
    }

    /** Keeps the tensor's contents readable after the program has run. Returns the tensor. */
    Tensor keep(Tensor tensor) {
        if (compiled) {
            throw new IllegalStateException(
                    tensor + " must be kept before the tape is compiled: its memory may be used again already");
        }
        if (overwritten.contains(tensor)) {
            throw new IllegalStateException(
                    tensor + " must be kept before backward(), which has put its gradient in its"
                            + " place: then it holds its value after the forward pass, and its gradient after the backward one");
        }
        requireMemory("keep", List.of(tensor));
        kept.add(tensor);
        return tensor;
    }

    /** Appends a step of the forward pass and returns it. {@code tensors}: all that it reads or writes. */
    Step forward(String name, List<Tensor> tensors, Supplier<Operation> prepare) {
        return forward(name, tensors, null, prepare);
    }

    /** The same of a step that keeps rows or sequences apart. */
    Step forward(String name, List<Tensor> tensors, Locality locality, Supplier<Operation> prepare) {
        requireRecording();
        requireMemory(name, tensors);
        Step step = new Step(name, tensors, prepare, locality);
        forward.add(step);
        return step;
    }

    /** Appends a step that has no backward pass. */
    void forwardOnly(String name, List<Tensor> tensors, Supplier<Operation> prepare) {
        withoutBackward.add(forward(name, tensors, prepare));
    }

    /** Puts another step in the place of one of the forward pass: one that does more than that. */
    void replace(Step step, Step other) {
        forward.set(forward.indexOf(step), other.recordedWith(step));
    }

    /**
     * Whether that step of the forward pass is the only one with a backward pass to read a tensor: such a step has computed the tensor,
     * and no other touches it. Also what comes later counts: gradients of parameters may be computed after those of what lies before.
     */
    boolean isOnly(Step step, Tensor tensor) {
        return forward.stream()
                        .filter(other ->
                                other != step && other.tensors().contains(tensor) && !withoutBackward.contains(other))
                        .count()
                == 1;
    }

    /** Whether that step of the forward pass is the last to touch a tensor that nobody reads after the program has run. */
    boolean isLast(Step step, Tensor tensor) {
        return !kept.contains(tensor)
                && forward.subList(forward.indexOf(step) + 1, forward.size()).stream()
                        .noneMatch(later -> later.tensors().contains(tensor));
    }

    /**
     * Appends the gradient of a loss that takes the place of the values that the loss is computed from: with the loss where no later
     * step reads them and they are not kept, in the backward pass where that is not so, and in the place of a copy where others read
     * them in the backward pass, the operation that computed them among these.
     *
     * @param x where it requires no gradient, what is computed with it takes the place of a copy
     * @param step the loss, of the forward pass
     * @param withGradient the same with the gradient in place
     * @param backward appends the step that puts the gradient in the place of those values
     */
    void gradientInPlace(Variable x, Step step, Step withGradient, Consumer<Tensor> backward) {
        requireOwn(x);
        Tensor value = x.value();
        boolean hasOtherGradients = x.gradient() != null || x.deferred() != null;
        if (!x.requiresGradient() || hasOtherGradients || readBackward.contains(value) || !isOnly(step, value)) {
            Tensor copy = contribution(x);
            backward("copy", List.of(value, copy), () -> backend.dropout(value, Dropout.NONE, copy));
            backward.accept(copy);
            addContribution(x, copy);
            return;
        }
        x.gradient(value);
        if (isLast(step, value)) {
            replace(step, withGradient);
            overwritten.add(value);
        } else {
            backward.accept(value);
        }
    }

    /** Appends a step of the backward pass. */
    void backward(String name, List<Tensor> tensors, Supplier<Operation> prepare) {
        backward(name, tensors, null, prepare);
    }

    /** The same of a step that keeps rows or sequences apart. */
    void backward(String name, List<Tensor> tensors, Locality locality, Supplier<Operation> prepare) {
        for (Tensor tensor : tensors) {
            if (!hasMemory(tensor)) {
                throw new IllegalStateException(name + ": " + tensor
                        + " has no memory: freeze such parameters on the tape, or give their gradients" + " memory");
            }
        }
        backward.add(new Step(name, tensors, prepare, locality));
    }

    /** What appends the backward steps of the latest forward ones, {@link #reverse} runs it; nothing where y requires no gradient. */
    void pullback(Variable y, Runnable steps) {
        pullback(List.of(y), steps);
    }

    /** The same of a loss of several values: nothing where none of them requires a gradient. */
    void pullback(List<Variable> values, Runnable steps) {
        requireRecording();
        if (values.stream().anyMatch(Variable::requiresGradient)) {
            pullbacks.add(steps);
        }
    }

    /** Appends all backward steps, those of the last operation first. Once. */
    void reverse() {
        if (reversed || compiled) {
            throw new IllegalStateException("the backward pass must be recorded once, and before the tape is compiled");
        }
        reversed = true;
        List<Runnable> reverse = new ArrayList<>(pullbacks);
        Collections.reverse(reverse);
        reverse.forEach(Runnable::run);
    }

    /** Requires that a gradient reaches something: there is no backward step where no loss is of what is computed from a parameter. */
    void requireBackward() {
        if (backward.isEmpty()) {
            throw new IllegalStateException(
                    "backward() needs a loss of what a parameter has a part in, recorded before it"
                            + " by losses(); this tape has none");
        }
    }

    /** Lays out the memory and prepares every operation. Once. */
    Program compile(Workspace workspace) {
        if (compiled) {
            throw new IllegalStateException("this tape has been compiled already");
        }
        compiled = true;
        // what a chain computes shares no memory; a forward pass alone keeps so little that this would be most of it
        List<Run> forwardRuns = reversed ? Run.of(forward, backend) : Run.single(forward);
        List<Run> backwardRuns = Run.of(backward, backend);
        List<Run> all = new ArrayList<>(forwardRuns);
        all.addAll(backwardRuns);
        MemoryPlan memory = MemoryPlan.bind(all, kept, workspace);
        return new Program(
                new Pass(forwardRuns, backend), reversed ? new Pass(backwardRuns, backend) : null, memory, words);
    }

    private void requireMemory(String operation, List<Tensor> tensors) {
        for (Tensor tensor : tensors) {
            if (!hasMemory(tensor)) {
                throw new IllegalStateException(
                        operation + ": " + tensor
                                + " has no memory, and this tape has not made it: parameters and inputs are allocated before anything is"
                                + " recorded, and a value of another tape is a constant here once that tape is compiled and keeps it");
            }
        }
    }

    /** Whether it has some already, or gets it by {@link #compile}. */
    private boolean hasMemory(Tensor tensor) {
        return tensor.isBound() || own.contains(tensor);
    }

    /** Requires that x is a value of this recording, or a constant. */
    private void requireOwn(Variable x) {
        if (x.requiresGradient() && x.recording() != this) {
            throw new IllegalArgumentException(
                    x.value() + " is a value of another tape, which no gradient of this one can reach");
        }
    }

    private void requireRecording() {
        if (reversed || compiled) {
            throw new IllegalStateException("operations must be recorded before backward() and compile()");
        }
    }

    /** As {@link Variable#defer}; false where x requires no gradient. */
    boolean defer(Variable x, DeferredGradient contribution) {
        requireOwn(x);
        return x.requiresGradient() && x.defer(contribution);
    }

    /** What x's gradient has been made of so far; null for nothing. */
    Tensor gradient(Variable x) {
        requireOwn(x);
        return x.gradient();
    }

    /** Makes x's gradient, which it has not yet. */
    Tensor newGradient(Variable x) {
        requireOwn(x);
        Tensor gradient = tensorLike("d" + x.value().name(), x.value());
        x.gradient(gradient);
        return gradient;
    }

    /**
     * The tensor that one contribution to x's gradient overwrites: the gradient itself for the first, then a temporary; where x requires
     * none, one that nobody reads.
     */
    Tensor contribution(Variable x) {
        if (!x.requiresGradient()) {
            return tensorLike("d" + x.value().name() + "Unused", x.value());
        }
        requireOwn(x);
        return x.gradient() == null
                ? newGradient(x)
                : tensorLike("d" + x.value().name() + "Part", x.value());
    }

    /** Adds what was written to a {@link #contribution}. */
    void addContribution(Variable x, Tensor written) {
        requireOwn(x);
        Tensor gradient = x.gradient();
        if (x.requiresGradient() && gradient != written) {
            backward("add", StepTensors.of(written, gradient), () -> backend.add(written, gradient));
        }
    }

    /** Adds a gradient that nothing else reads any more: x, where it has none yet, takes the tensor for its own. */
    void addLast(Variable x, Tensor written) {
        if (!x.requiresGradient()) {
            return;
        }
        requireOwn(x);
        if (x.gradient() == null) {
            x.gradient(written);
        } else {
            addContribution(x, written);
        }
    }
}
