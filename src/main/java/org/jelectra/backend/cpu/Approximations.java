package org.jelectra.backend.cpu;

/**
 * Coefficients of the elementary functions, lowest power first. All were fitted for jelectra by iteratively reweighted least
 * squares on Chebyshev nodes and rounded to float; the errors given hold in exact arithmetic.
 */
public final class Approximations {

    /** Beyond this |x|, {@code erf(x/sqrt 2)} is 1 or -1 to float precision (1 - erf = 2e-9). */
    public static final float ERF_LIMIT = 6f;

    /** Numerator of {@code erf(x/sqrt 2) = x * P(x*x) / Q(x*x)} for |x| up to {@link #ERF_LIMIT}; absolute error 4.6e-8. */
    public static final float P0 = 0.7978842854499817f;

    public static final float P1 = 0.07375369966030121f;
    public static final float P2 = 0.009725703857839108f;
    public static final float P3 = 0.0003982778871431947f;
    public static final float P4 = 1.3027360182604752e-05f;
    public static final float P5 = 4.031113576274947e-08f;

    /** Denominator of the same; its constant term is 1. */
    public static final float Q1 = 0.2591010332107544f;

    public static final float Q2 = 0.030376814305782318f;
    public static final float Q3 = 0.002057404490187764f;
    public static final float Q4 = 8.30800854600966e-05f;
    public static final float Q5 = 1.1331809446346597e-06f;

    /**
     * Numerator of {@code gelu'(x) - 1/2 = x * P(x*x) / Q(x*x)} for |x| up to {@link #ERF_LIMIT}, where it is 1/2 or -1/2 to
     * float precision; absolute error 1.3e-8.
     */
    public static final float SLOPE_P0 = 0.7978845238685608f;

    public static final float SLOPE_P1 = -0.022371377795934677f;
    public static final float SLOPE_P2 = 0.013857345096766949f;
    public static final float SLOPE_P3 = 0.00020272900292184204f;
    public static final float SLOPE_P4 = 3.409190321690403e-05f;
    public static final float SLOPE_P5 = 9.225235544363386e-07f;
    public static final float SLOPE_P6 = 1.7046296818534756e-08f;

    /** Denominator of the same; its constant term is 1. */
    public static final float SLOPE_Q1 = 0.30529460310935974f;

    public static final float SLOPE_Q2 = 0.04413354769349098f;
    public static final float SLOPE_Q3 = 0.003971501719206572f;
    public static final float SLOPE_Q4 = 0.0002453235792927444f;
    public static final float SLOPE_Q5 = 1.0307703632861376e-05f;
    public static final float SLOPE_Q6 = 3.389767471162486e-07f;
    public static final float SLOPE_Q7 = 1.3147664068569043e-09f;

    /** {@code exp(r) = 1 + r + r*r * (E2 + E3*r + ...)} for |r| up to (ln 2)/2; relative error 3.1e-9. */
    public static final float E2 = 0.4999999403953552f;

    public static final float E3 = 0.1666651964187622f;
    public static final float E4 = 0.04166839271783829f;
    public static final float E5 = 0.008368780836462975f;
    public static final float E6 = 0.0013814466074109077f;

    /** {@code log(1 + f) = f - f*f/2 + f*f*f * (L3 + L4*f + ...)} for 1 + f in [sqrt(1/2), sqrt 2]; relative error 3.2e-8. */
    public static final float L3 = 0.3333391547203064f;

    public static final float L4 = -0.250013530254364f;
    public static final float L5 = 0.19962897896766663f;
    public static final float L6 = -0.16576966643333435f;
    public static final float L7 = 0.14916066825389862f;
    public static final float L8 = -0.1427335888147354f;
    public static final float L9 = 0.08704275637865067f;

    /** 1 / ln 2. */
    public static final float LOG2_E = 1.44269504f;

    /** The upper part of ln 2: nine bits, so that its products with exponents are exact. */
    public static final float LN2_HIGH = 0.693359375f;

    /** ln 2 less {@link #LN2_HIGH}. */
    public static final float LN2_LOW = -2.12194440e-4f;

    /** 1 / sqrt(2 pi). */
    public static final float INVERSE_SQRT_2PI = 0.3989422804f;

    private Approximations() {}

    /** {@code erf(x/sqrt 2)}, absolute error below 2e-7; NaN for NaN. */
    static double erf(double x) {
        double limited = Math.max(-ERF_LIMIT, Math.min(ERF_LIMIT, x));
        double t = limited * limited;
        double p = P0 + t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
        double q = 1 + t * (Q1 + t * (Q2 + t * (Q3 + t * (Q4 + t * Q5))));
        return Math.max(-1, Math.min(1, limited * p / q));
    }
}
