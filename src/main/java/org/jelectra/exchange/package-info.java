/** Models from and to the directories of HuggingFace's libraries, checked in both directions. */
package org.jelectra.exchange;
