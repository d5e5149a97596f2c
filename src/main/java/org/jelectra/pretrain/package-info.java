/**
 * Pre-training: the loop over steps, the metrics it measures on training and held-out text, their log, and the
 * models it saves. Knows nothing of the command line.
 */
package org.jelectra.pretrain;
