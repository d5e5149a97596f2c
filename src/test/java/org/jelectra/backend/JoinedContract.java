package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jelectra.backend.check.Catalog;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.check.Trial;
import org.jelectra.backend.check.TrialOperand;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Joined operations leave what their parts leave one after the other, with and without each operand that they can do without. */
interface JoinedContract extends Contract {

    /** Of sums over rows, which joined operations may add up in another order, as a part of the largest number. */
    double SUMS = 1e-5;

    /** How far results may be from those of the parts, as a share of the largest number; 0 for the same bits. */
    default double joinedTolerance() {
        return 0;
    }

    /** Tensors that begin anywhere, for which a backend may have no kernel of the whole, and sizes that fill no block. */
    @Test
    default void joinedOperationsLeaveWhatTheirPartsLeave() {
        forAll(sizes(new AttentionShape(1, 3, 1, 17), 24, 5, 1), bench()::trial);
        forAll(sizes(new AttentionShape(2, 17, 2, 20), 72, 100, 17), bench()::trial);
    }

    /** Aligned tensors, of widths that most kernels of joined operations are for; those 256 wide are in tests of their own. */
    @Test
    default void alignedJoinedOperationsLeaveWhatTheirPartsLeave() {
        forAll(sizes(new AttentionShape(2, 7, 1, 64), 128, 128, 3), bench()::alignedTrial);
        forAll(sizes(new AttentionShape(1, 33, 2, 64), 40, 128, 16), bench()::alignedTrial);
    }

    private static Sizes sizes(AttentionShape attention, int feedForward, int embedding, int slots) {
        return new Sizes(attention, feedForward, 50, slots, embedding, 1);
    }

    /** All but chains, which are made of the others. */
    private void forAll(Sizes sizes, BiConsumer<String, Object[]> begin) {
        List<Trial> joined = Catalog.withVariants(sizes).stream()
                .filter(trial -> InParts.JOINED.contains(trial.name().split(" ")[0]))
                .flatMap(trial -> Stream.concat(Stream.of(trial), trial.withoutEachOptional().stream()))
                .toList();
        assertThat(joined).hasSizeGreaterThan(50);
        for (Trial trial : joined) {
            begin.accept(trial.name(), new Object[] {sizes});
            runBoth(trial);
        }
    }

    private void runBoth(Trial trial) {
        Map<String, Tensor> got = OperandTrials.place(bench(), trial);
        Map<String, Tensor> expected = OperandTrials.place(bench(), trial);
        got.forEach((name, tensor) -> bench().writeBits(expected.get(name), bench().bits(tensor)));
        trial.prepare(on(), got).run();
        trial.prepare(InParts.of(on()), expected).run();
        for (TrialOperand operand : trial.operands()) {
            if (operand.isResult() && operand.touched() > 0) {
                boolean sum =
                        operand.kind() == TrialOperand.Kind.NUMBERS && operand.access() == TrialOperand.Access.UPDATED;
                bench().assertSame(
                                got.get(operand.name()),
                                expected.get(operand.name()),
                                Math.max(joinedTolerance(), sum ? SUMS : 0));
            }
        }
    }
}
