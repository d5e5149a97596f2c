/**
 * JMH benchmarks of the operations and of the whole step. Build with {@code mvn -q -Pjmh}, run with {@code jmh/run [NAME]};
 * {@code -p threads=1} sets a parameter, {@code -h} lists JMH's own options.
 */
package org.jelectra.jmh;
