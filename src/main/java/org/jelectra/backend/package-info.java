/**
 * The operations of an encoder's training, defined once and implemented by each backend. {@link org.jelectra.backend.Backend}
 * holds their mathematics; the contract test suite runs against every implementation.
 */
package org.jelectra.backend;
