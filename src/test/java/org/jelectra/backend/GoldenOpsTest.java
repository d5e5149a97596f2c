package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.Golden;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Single operations against the values that PyTorch computed; every case in the file is run. */
@Tag("every-jdk")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenOpsTest {

    private Workbench bench;
    private SafetensorsReader file;

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    @BeforeAll
    void open() throws IOException {
        bench = new Workbench(backend());
        file = Golden.safetensors("ops");
    }

    @AfterAll
    void close() throws IOException {
        if (bench != null) { // without the device that it needs, a test ends before it begins
            bench.close();
            file.close();
        }
    }

    @TestFactory
    List<DynamicTest> operations() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String prefix : GoldenTensors.cases(file)) {
            tests.add(DynamicTest.dynamicTest(prefix, () -> {
                bench.trial(prefix);
                run(new GoldenTensors(file, prefix, bench));
                bench.endTrial();
            }));
        }
        assertThat(tests).isNotEmpty();
        return tests;
    }

    private void run(GoldenTensors golden) {
        String operation = golden.prefix().split("\\.")[0];
        switch (operation) {
            case "layernorm" -> layerNorm(golden);
            case "gelu" -> gelu(golden);
            case "softmax" -> softmax(golden);
            case "attention" -> attention(golden);
            case "embedding" -> embedding(golden);
            case "xent" -> crossEntropy(golden);
            case "bce" -> sigmoidCrossEntropy(golden);
            case "linear" -> linear(golden);
            default -> throw new AssertionError("no test for operation " + operation);
        }
    }

    private void layerNorm(GoldenTensors golden) {
        int rows = golden.shape("x")[0];
        Tensor gamma = golden.input("gamma");
        Tensor sum = golden.output("x");
        Tensor y = golden.output("y");
        Tensor stats = bench.output("stats", rows, 2);
        bench.backend()
                .addLayerNorm(
                        golden.input("x"),
                        new AddLayerNormOperands(
                                Dropout.NONE, null, gamma, golden.input("beta"), 1e-12f, sum, y, stats))
                .run();
        golden.assertForward("y", y);
        double[] mean = new double[rows];
        double[] rstd = new double[rows];
        double[] both = bench.read(stats);
        for (int row = 0; row < rows; row++) {
            mean[row] = both[2 * row];
            rstd[row] = both[2 * row + 1];
        }
        golden.assertClose("mean", mean, 5e-6, 1e-7);
        golden.assertClose("rstd", rstd, golden.prefix().endsWith("_offset") ? 2e-5 : 5e-6, 1e-7);

        Tensor dx = golden.output("dx");
        Tensor dGamma = golden.gradient("dgamma");
        Tensor dBeta = golden.gradient("dbeta");
        bench.backend()
                .addLayerNormBackward(new AddLayerNormBackward(
                        golden.input("dy"), sum, stats, gamma, Dropout.NONE, dx, null, dGamma, dBeta))
                .run();
        golden.assertBackward("dx", dx);
        golden.assertBackward("dgamma", dGamma);
        golden.assertBackward("dbeta", dBeta);
    }

    private void gelu(GoldenTensors golden) {
        Tensor x = golden.input("x");
        Tensor y = golden.output("y");
        Tensor dx = golden.output("dx");
        bench.backend().gelu(x, y).run();
        double[] inputs = golden.values("x");
        double[] expected = golden.values("y");
        double[] got = bench.read(y);
        for (int i = 0; i < got.length; i++) {
            assertThat(Math.abs(got[i] - expected[i]))
                    .as("gelu(%s)", inputs[i])
                    .isLessThanOrEqualTo(1e-6 * (1 + Math.abs(inputs[i])));
        }
        bench.backend().geluBackward(x, golden.input("dy"), dx).run();
        golden.assertBackward("dx", dx);
    }

    /** Of the reference: backends compute it as a part of attention alone. */
    private void softmax(GoldenTensors golden) {
        int[] mask = golden.shape("key_mask");
        golden.assertClose(
                "y",
                ReferenceAttention.softmax(golden.values("x"), golden.integers("key_mask"), mask[0], mask[1]),
                5e-6,
                1e-7);
    }

    private void attention(GoldenTensors golden) {
        int[] sizes = golden.shape("q");
        AttentionShape shape = new AttentionShape(sizes[0], sizes[2], sizes[1], sizes[3]);
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        double[] qkv = new double[tokens * 3 * hidden];
        double[] dOut = new double[tokens * hidden];
        String[] parts = {"q", "k", "v"};
        for (int part = 0; part < 3; part++) {
            double[] values = golden.values(parts[part]);
            for (int i = 0; i < values.length; i++) {
                qkv[tokenMajor(shape, i, 3, part)] = values[i];
            }
        }
        double[] headMajor = golden.values("dout");
        for (int i = 0; i < headMajor.length; i++) {
            dOut[tokenMajor(shape, i, 1, 0)] = headMajor[i];
        }
        Tensor inputQkv = bench.input("qkv", qkv, tokens, 3 * hidden);
        Tensor keyMask = bench.input("key_mask", golden.integers("key_mask"), golden.shape("key_mask"));
        Tensor out = bench.output("out", tokens, hidden);
        Tensor logSumExp = golden.output("lse");
        AttentionOperands operands = new AttentionOperands(inputQkv, keyMask, shape, Dropout.NONE, out, logSumExp);
        bench.backend().attention(operands).run();
        golden.assertClose("out", headMajor(shape, bench.read(out), 1, 0), 5e-6, 1e-7);
        golden.assertForward("lse", logSumExp);

        Tensor dQkv = bench.output("dqkv", tokens, 3 * hidden);
        bench.backend()
                .attentionBackward(operands, bench.input("dout", dOut, tokens, hidden), dQkv)
                .run();
        double[] gradient = bench.read(dQkv);
        for (int part = 0; part < 3; part++) {
            golden.assertClose("d" + parts[part], headMajor(shape, gradient, 3, part), 1e-5, 1e-7);
        }
    }

    private static double[] headMajor(AttentionShape shape, double[] values, int parts, int part) {
        double[] result = new double[values.length / parts];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[tokenMajor(shape, i, parts, part)];
        }
        return result;
    }

    /** Index in [B*S, parts*A*D] of element i of [B,A,S,D]. */
    private static int tokenMajor(AttentionShape shape, int i, int parts, int part) {
        int d = i % shape.headSize();
        int position = i / shape.headSize() % shape.length();
        int head = i / shape.headSize() / shape.length() % shape.heads();
        int sequence = i / shape.headSize() / shape.length() / shape.heads();
        int token = sequence * shape.length() + position;
        return (token * parts + part) * shape.hiddenSize() + head * shape.headSize() + d;
    }

    private void embedding(GoldenTensors golden) {
        int[] ids = golden.integers("ids");
        int length = golden.shape("ids")[1];
        int width = golden.shape("table")[1];
        Tensor inputIds = bench.input("ids", ids, ids.length);
        Tensor tokenTypes = bench.input("token types", new int[ids.length], ids.length);
        Tensor noPositions = bench.input("positions", new double[length * width], length, width);
        Tensor noTypes = bench.input("types", new double[width], 1, width);
        Tensor out = golden.output("out");
        bench.backend()
                .embedding(
                        new EmbeddingOperands(
                                inputIds, tokenTypes, length, golden.input("table"), noPositions, noTypes),
                        out)
                .run();
        golden.assertForward("out", out);
        Tensor dTable = golden.gradient("dtable");
        bench.backend()
                .embeddingBackward(
                        golden.input("dout"),
                        inputIds,
                        tokenTypes,
                        length,
                        dTable,
                        bench.variable("dPositions", new double[length * width], length, width),
                        bench.variable("dTypes", new double[width], 1, width))
                .run();
        golden.assertBackward("dtable", dTable);
    }

    private void crossEntropy(GoldenTensors golden) {
        int[] hiddenShape = golden.shape("hidden");
        int[] positions = golden.integers("positions");
        int slotsPerSequence = golden.shape("positions")[1];
        int[] rows = new int[positions.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / slotsPerSequence * hiddenShape[1] + positions[i];
        }
        int slots = rows.length;
        int tokens = hiddenShape[0] * hiddenShape[1];
        int width = hiddenShape[2];
        int vocabulary = golden.shape("bias")[0];
        double[] weights = golden.values("weights");
        Tensor hidden = bench.input("x", golden.values("hidden"), tokens, width);
        Tensor inputRows = bench.input("rows", rows, slots);
        Tensor gathered = bench.output("gathered", slots, width);
        Tensor weight = golden.input("weight");
        Tensor logits = bench.output("logits", slots, vocabulary);
        bench.backend().gatherRows(hidden, inputRows, gathered).run();
        bench.backend().linear(gathered, weight, golden.input("bias"), logits).run();
        golden.assertForward("gathered", gathered);
        golden.assertForward("logits", logits);

        Tensor labels = bench.input("labels", golden.integers("labels"), slots);
        Tensor slotWeights = bench.input("weights", weights, slots);
        Tensor normalizer = bench.number("normalizer", Arrays.stream(weights).sum());
        Tensor logSumExp = bench.output("logSumExp", slots);
        Tensor loss = golden.output("loss");
        bench.backend()
                .crossEntropy(
                        new CrossEntropyOperands(
                                logits,
                                labels,
                                slotWeights,
                                normalizer,
                                logSumExp,
                                bench.output("correct", slots),
                                loss),
                        null)
                .run();
        golden.assertClose("loss", bench.read(loss), 5e-6, 0);
        double[] nll = bench.read(logSumExp);
        double[] logitValues = bench.read(logits);
        int[] labelValues = golden.integers("labels");
        for (int r = 0; r < slots; r++) {
            nll[r] -= logitValues[r * vocabulary + labelValues[r]];
        }
        golden.assertClose("nll", nll, 5e-6, 1e-7);

        bench.backend()
                .crossEntropyBackward(
                        new CrossEntropyOperands(logits, labels, slotWeights, normalizer, logSumExp, null, null), 1)
                .run();
        golden.assertBackward("dlogits", logits);
        Tensor dWeight = golden.gradient("dweight");
        Tensor dBias = golden.gradient("dbias");
        Tensor dGathered = bench.output("dy", slots, width);
        Tensor dHidden = bench.output("dx", tokens, width);
        bench.backend().linearBackwardWeight(gathered, logits, dWeight, dBias).run();
        bench.backend().linearBackwardInput(logits, weight, dGathered, false).run();
        bench.backend().gatherRowsBackward(dGathered, inputRows, dHidden).run();
        golden.assertBackward("dweight", dWeight);
        golden.assertBackward("dbias", dBias);
        golden.assertBackward("dhidden", dHidden);
    }

    private void sigmoidCrossEntropy(GoldenTensors golden) {
        int[] mask = golden.integers("mask");
        int n = mask.length;
        Tensor logits = bench.input("logits", golden.values("logits"), n);
        Tensor labels = bench.input("labels", golden.integers("labels"), n);
        Tensor inputMask = bench.input("mask", mask, n);
        Tensor normalizer = bench.number("normalizer", Arrays.stream(mask).sum());
        Tensor loss = golden.output("loss");
        Tensor counts = bench.output("counts", 4);
        Tensor dLogits = golden.output("dlogits");
        bench.backend()
                .sigmoidCrossEntropy(
                        new SigmoidCrossEntropyOperands(logits, labels, inputMask, normalizer, loss, counts),
                        1,
                        dLogits)
                .run();
        golden.assertClose("loss", bench.read(loss), 5e-6, 0);
        golden.assertBackward("dlogits", dLogits);

        // the loss of one position at a time, whether its mask is set or not
        double[] perPosition = new double[n];
        Tensor one = bench.number("one", 1);
        Tensor counted = bench.input("mask of one", new int[] {1}, 1);
        for (int i = 0; i < n; i++) {
            Shape single = Shape.of(1);
            bench.backend()
                    .sigmoidCrossEntropy(
                            new SigmoidCrossEntropyOperands(
                                    logits.view("logit", i, single),
                                    labels.view("label", i, single),
                                    counted,
                                    one,
                                    loss,
                                    counts),
                            1,
                            null)
                    .run();
            perPosition[i] = bench.read(loss)[0];
        }
        golden.assertClose("per_position", perPosition, 5e-6, 1e-7);
    }

    private void linear(GoldenTensors golden) {
        Tensor x = golden.input("x");
        Tensor weight = golden.input("weight");
        Tensor dy = golden.input("dy");
        Tensor y = golden.output("y");
        Tensor dx = golden.output("dx");
        Tensor dWeight = golden.gradient("dweight");
        Tensor dBias = golden.gradient("dbias");
        bench.backend().linear(x, weight, golden.input("bias"), y).run();
        bench.backend().linearBackwardInput(dy, weight, dx, false).run();
        bench.backend().linearBackwardWeight(x, dy, dWeight, dBias).run();
        golden.assertForward("y", y);
        golden.assertBackward("dx", dx);
        golden.assertBackward("dweight", dWeight);
        golden.assertBackward("dbias", dBias);
    }
}
