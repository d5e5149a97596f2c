/**
 * Counter-based random numbers: every number is a function of (seed, step, stream, element), so that every backend draws the same
 * numbers, with any number of threads. Below all other packages and independent of them.
 */
package org.jelectra.random;
