/**
 * Counter-based random numbers: every number is a function of (seed, step, stream, element), so that runs repeat exactly on
 * every backend and for any number of threads. Below all other packages and independent of them.
 */
package org.jelectra.random;
