package org.jelectra.gpu.sim;

/** Arithmetic on floats that does not round to nearest. */
enum Rounding {
    /** Towards zero. */
    ZERO("rz"),
    /** Towards negative infinity. */
    DOWN("rm"),
    /** Towards positive infinity. */
    UP("rp");

    /** As opcodes have it. */
    final String modifier;

    Rounding(String modifier) {
        this.modifier = modifier;
    }

    float add(float a, float b) {
        return fma(a, 1, b);
    }

    float multiply(float a, float b) {
        double product = (double) a * b;
        return round(product, 0);
    }

    /** {@code a * b + c} with one rounding. */
    float fma(float a, float b, float c) {
        double product = (double) a * b;
        double sum = product + c;
        if (Double.isNaN(sum) || Double.isInfinite(sum)) {
            return (float) sum;
        }
        if (sum == 0) {
            // zeros of one sign keep it; what cancels exactly, zeros of both signs too, has the sign of the rounding
            boolean sameSign = Math.copySign(1, product) == Math.copySign(1, c);
            return !sameSign && this == DOWN ? -0f : (float) sum;
        }
        // the part of the sum that double precision has rounded away (Knuth's two-sum)
        double part = sum - product;
        double lost = (product - (sum - part)) + (c - part);
        return round(sum, lost);
    }

    /** A float from a double plus a remainder too small to change it. */
    float round(double value, double remainder) {
        float nearest = (float) value;
        if (Float.isNaN(nearest)) {
            return nearest;
        }
        double error = nearest == value ? -remainder : (double) nearest - value;
        boolean tooHigh = error > 0;
        boolean tooLow = error < 0;
        if (Double.isInfinite(value)) {
            return nearest;
        }
        return switch (this) {
            case ZERO ->
                value > 0 && tooHigh ? Math.nextDown(nearest) : value < 0 && tooLow ? Math.nextUp(nearest) : nearest;
            case DOWN -> tooHigh ? Math.nextDown(nearest) : nearest;
            case UP -> tooLow ? Math.nextUp(nearest) : nearest;
        };
    }
}
