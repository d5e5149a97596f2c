package org.jelectra.pretrain;

import java.util.Arrays;
import org.jelectra.electra.Objective;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.text.batch.Batch;

/** Sets rows of a batch as a graph's inputs. */
final class MicroBatches {

    private final int rows;
    private final int[] maskedRows;
    private int[] judged = new int[0];

    /**
     * @param rows rows of one part
     * @param slots prediction slots of a row
     */
    MicroBatches(int rows, int slots) {
        this.rows = rows;
        this.maskedRows = new int[rows * slots];
    }

    /** Sets part {@code index}: rows index*rows and on, with the whole batch's denominators. */
    void set(Batch batch, int index, PretrainingInputs inputs) {
        int firstToken = index * rows * batch.sequenceLength();
        int firstSlot = index * rows * batch.slots();
        inputs.setTokens(batch.inputIds, batch.attentionMask, batch.tokenTypeIds, batch.maskedInputIds, firstToken);
        for (int i = 0; i < maskedRows.length; i++) {
            maskedRows[i] = batch.maskedRows[firstSlot + i] - firstToken;
        }
        inputs.setMaskedRows(maskedRows);
        inputs.setMaskedLabels(batch.maskedLabels, batch.maskedWeights, firstSlot);
        boolean all = inputs.objective() != Objective.ELECTRA_15;
        if (!all) {
            setJudged(batch, firstSlot, inputs);
        }
        int tokens = all ? batch.tokenCount : batch.distinctMaskedCount();
        inputs.setNormalizers(Math.max(1, batch.maskedCount), Math.max(1, tokens));
    }

    private void setJudged(Batch batch, int firstSlot, PretrainingInputs inputs) {
        judged = judged.length == 0 ? new int[rows * batch.sequenceLength()] : judged;
        Arrays.fill(judged, 0);
        for (int i = 0; i < maskedRows.length; i++) {
            if (batch.maskedWeights[firstSlot + i] > 0) {
                judged[maskedRows[i]] = 1;
            }
        }
        inputs.setJudged(judged);
    }
}
