/** Pictures of metrics: a run's curves, several runs over each other, bars. */
package org.jelectra.pretrain.plot;
