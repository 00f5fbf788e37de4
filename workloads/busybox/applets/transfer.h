/* Bytes over a connection, as wget and nc need them. */
#pragma once
#include "busybox.h"

/** Sends what was written to descriptors 1 and 2. */
void flush_output(void);
/** Reads what comes before the deadline (0: none): the length, 0 at the end, -1 when broken, -2 when time is over. */
ssize_t receive(handle in, char *data, size_t length, int64_t deadline);
/** False when the other side is gone. */
bool transmit(handle out, const char *data, size_t length);
