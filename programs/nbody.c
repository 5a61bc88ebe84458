/*
 * A sun and four planets attract each other: double precision, with square
 * roots and divisions. Planets begin on circles, a little out of the plane,
 * which differs from lane to lane. Returns a hash of where they are in the end.
 */
#include "guest.h"

#include "exact.h"

#define BODIES 5
#define STEP 0.001         /* years */
#define SUN 39.47841760436 /* 4 pi^2: distances are astronomical units */

typedef struct body {
    double x, y, z;
    double vx, vy, vz;
    double mass;
} body;

static void begin(body *bodies, uint64_t lane)
{
    uint64_t state = guest_seed(lane);
    double distance = 1;

    for (int i = 0; i < BODIES; i++) {
        body none = {0, 0, 0, 0, 0, 0, SUN};

        bodies[i] = none;
    }
    for (int i = 1; i < BODIES; i++) {
        body *b = &bodies[i];
        double speed = __builtin_sqrt(SUN / distance);

        b->x = i % 2 != 0 ? distance : -distance;
        b->vy = i % 2 != 0 ? speed : -speed;
        b->vz = (fraction_of(guest_random(&state)) - 0.5) * 0.25;
        b->mass = SUN * 0.001 * fraction_of(guest_random(&state));
        distance *= 1.75;
    }
}

static void attract(body *a, body *b)
{
    double dx = a->x - b->x;
    double dy = a->y - b->y;
    double dz = a->z - b->z;
    double square = FUSED(dz, dz, FUSED(dy, dy, dx * dx));
    double pull = STEP / (square * __builtin_sqrt(square));
    double of_a = a->mass * pull;
    double of_b = b->mass * pull;

    a->vx = FUSED(-dx, of_b, a->vx);
    a->vy = FUSED(-dy, of_b, a->vy);
    a->vz = FUSED(-dz, of_b, a->vz);
    b->vx = FUSED(dx, of_a, b->vx);
    b->vy = FUSED(dy, of_a, b->vy);
    b->vz = FUSED(dz, of_a, b->vz);
}

static void step(body *bodies)
{
    for (int i = 0; i < BODIES; i++) {
        for (int k = i + 1; k < BODIES; k++)
            attract(&bodies[i], &bodies[k]);
    }
    for (int i = 0; i < BODIES; i++) {
        body *b = &bodies[i];

        b->x = FUSED(STEP, b->vx, b->x);
        b->y = FUSED(STEP, b->vy, b->y);
        b->z = FUSED(STEP, b->vz, b->z);
    }
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    body bodies[BODIES];
    uint64_t hash = 0xCBF29CE484222325u;

    begin(bodies, lane);
    for (uint64_t i = argument != 0 ? argument : 1; i != 0; i--)
        step(bodies);
    for (int i = 0; i < BODIES; i++) {
        hash = guest_hash(hash, bits_of(bodies[i].x));
        hash = guest_hash(hash, bits_of(bodies[i].y));
        hash = guest_hash(hash, bits_of(bodies[i].z));
    }
    return hash;
}
