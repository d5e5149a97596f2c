package org.jelectra.finetune.tasks;

import java.util.List;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.metrics.LabelScore;

/**
 * What a model achieves on a labelled file.
 *
 * @param evaluation all metrics
 * @param labels of each label of a classification, in the model's order; empty for other tasks
 * @param warnings what the user should know of the file
 */
public record MeasuredFile(Evaluation evaluation, List<LabelScore> labels, List<String> warnings) {}
