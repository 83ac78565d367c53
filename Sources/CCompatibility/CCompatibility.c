#include "CCompatibility.h"

#include <math.h>

// glibc 2.35 gave both a new version, which the linker prefers. Swift's library refers to them; the programs don't call them.

double hypot(double x, double y) {
    if (isinf(x) || isinf(y)) return INFINITY;
    return (double)sqrtl((long double)x * x + (long double)y * y);
}

float hypotf(float x, float y) {
    if (isinf(x) || isinf(y)) return INFINITY;
    return (float)sqrt((double)x * x + (double)y * y);
}
