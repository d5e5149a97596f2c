/** Shapes, element types and tensors over memory that a backend owns. Knows nothing of devices or operations. */
package org.jelectra.tensor;
