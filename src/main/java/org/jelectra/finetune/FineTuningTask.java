package org.jelectra.finetune;

import org.jelectra.autograd.Workspace;

/** What the loop needs to know of a task over a model. */
public interface FineTuningTask {

    /** Number of training examples. */
    int size();

    /** Tokens of a training example, [CLS] and [SEP] included. */
    int length(int example);

    /** Records the training pass for batches of B sequences of S tokens, in memory shared with the other recordings. */
    TaskGraph record(int batch, int length, Workspace workspace);

    /** Measures the model as it is on the task's development set. */
    Evaluation evaluate();
}
