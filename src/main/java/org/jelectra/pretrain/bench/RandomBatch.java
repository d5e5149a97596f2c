package org.jelectra.pretrain.bench;

import java.util.Random;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.Masking;

/** A batch of random tokens without padding: a step's time does not depend on what the text says. */
public final class RandomBatch {

    private RandomBatch() {}

    /** One batch of the settings' sizes: [CLS], random tokens of two segments, [SEP]; masked. The same in every call. */
    public static Batch of(PretrainSettings settings, Vocabulary vocabulary) {
        int length = settings.sequenceLength();
        Batch batch = new Batch(settings.batchSize(), length, settings.slots());
        Random random = new Random(1);
        Masking masking = new Masking(settings.masking(), vocabulary, length, settings.seed());
        for (int row = 0; row < settings.batchSize(); row++) {
            for (int i = 0; i < length; i++) {
                int at = row * length + i;
                batch.inputIds[at] =
                        i == 0 ? vocabulary.clsId() : i == length - 1 ? vocabulary.sepId() : word(random, vocabulary);
                batch.attentionMask[at] = 1;
                batch.tokenTypeIds[at] = i > length / 2 ? 1 : 0;
            }
            masking.mask(batch, row, 0, row);
        }
        batch.tokenCount = settings.batchSize() * length;
        return batch;
    }

    private static int word(Random random, Vocabulary vocabulary) {
        while (true) {
            int id = random.nextInt(vocabulary.size());
            if (id != vocabulary.clsId()
                    && id != vocabulary.sepId()
                    && id != vocabulary.maskId()
                    && id != vocabulary.padId()) {
                return id;
            }
        }
    }
}
