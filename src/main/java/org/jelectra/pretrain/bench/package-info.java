/** How long a training step takes on a backend, as a whole and operation by operation. */
package org.jelectra.pretrain.bench;
