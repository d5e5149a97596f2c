/** Matrix products by OpenBLAS, where {@code org.bytedeco:openblas} is on the class path. Reached by name only. */
package org.jelectra.backend.cpu.openblas;
