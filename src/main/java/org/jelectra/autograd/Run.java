package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;

/**
 * A step, or adjacent ones that the backend runs as a chain: any of them may be at work for one sequence while another is for the
 * next, so that their tensors share no memory.
 *
 * @param sequences of a chain; null for a single step
 */
record Run(List<Step> steps, AttentionShape sequences) {

    /** Each step alone. */
    static List<Run> single(List<Step> steps) {
        return steps.stream().map(step -> new Run(List.of(step), null)).toList();
    }

    /** All steps in their order, in chains as long as the backend can run. */
    static List<Run> of(List<Step> steps, Backend backend) {
        List<Run> runs = new ArrayList<>();
        int from = 0;
        while (from < steps.size()) {
            int to = from + 1;
            Locality together = steps.get(from).locality();
            while (together != null && to < steps.size()) {
                Locality longer = together.and(steps.get(to).locality());
                if (longer == null) {
                    break;
                }
                together = longer;
                to++;
            }
            AttentionShape sequences = together == null ? null : together.sequences();
            if (to - from > 1 && sequences != null && backend.chains(sequences)) {
                runs.add(new Run(steps.subList(from, to), sequences));
            } else {
                runs.addAll(single(steps.subList(from, to)));
            }
            from = to;
        }
        return runs;
    }

    /** What runs them, of the single operations. */
    Operation operation(Backend backend, List<Operation> operations) {
        return sequences == null ? operations.get(0) : backend.chain(sequences, operations);
    }
}
