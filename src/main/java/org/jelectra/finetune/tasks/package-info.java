/**
 * Tasks over one vector a text or a word: {@link org.jelectra.finetune.tasks.ClassificationTask} has labels or
 * numbers for texts and pairs, {@link org.jelectra.finetune.tasks.TaggingTask} tags for words, each put under the fine-tuning loop.
 * {@link org.jelectra.finetune.tasks.FineTunedModel} measures their saved models.
 */
package org.jelectra.finetune.tasks;
