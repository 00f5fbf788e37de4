/* What the loop and its watches know of each other. */
#pragma once
#include "serve.h"

size_t watches(void);
/** Puts the watched pollables down, in their order; returns how many. */
size_t add_watches(handle *waits);
/** Calls those that are ready and still watched. */
void call_watches(const handle *waits, const bool *ready, size_t asked);
