package org.jelectra.backend;

/** Where the parts of the contract find the backend under test. */
interface Contract {

    /** Rows that fill no block of any implementation, and some that nearly do. */
    int[] ROWS = {1, 3, 7, 33};
    /** Widths below, at, and just above vector lengths and tile sizes. */
    int[] WIDTHS = {1, 5, 16, 17, 64, 100, 129};

    /** Tensors on the backend under test; the same for all tests of a class. */
    Workbench bench();

    /** The backend under test. */
    default Backend on() {
        return bench().backend();
    }

    /** A source of random numbers with all words of its counter and key in use. */
    default ReferenceRandom source() {
        return new ReferenceRandom(0x9E3779B97F4A7C15L, 65541, 12345, 0);
    }
}
