package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;

/** The prepared operations of one direction, step by step and joined in chains. */
final class Pass {

    private final List<Step> steps = new ArrayList<>();
    private final List<Operation> single = new ArrayList<>();
    private final Operation[] together;

    Pass(List<Run> runs, Backend backend) {
        together = new Operation[runs.size()];
        for (int i = 0; i < together.length; i++) {
            List<Operation> operations = new ArrayList<>();
            for (Step step : runs.get(i).steps()) {
                operations.add(step.operation());
            }
            steps.addAll(runs.get(i).steps());
            single.addAll(operations);
            together[i] = runs.get(i).operation(backend, operations);
        }
    }

    void run() {
        for (Operation operation : together) {
            operation.run();
        }
    }

    /** One step at a time; returns whether the inspector let all of them run. */
    boolean run(Program.Inspector inspector) {
        for (int i = 0; i < single.size(); i++) {
            single.get(i).run();
            if (!inspector.inspect(steps.get(i).name(), steps.get(i).tensors())) {
                return false;
            }
        }
        return true;
    }

    /** Number of steps. */
    int steps() {
        return steps.size();
    }
}
