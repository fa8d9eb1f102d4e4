#include "CRevision.h"

#ifndef SLOTD_REVISION
#define SLOTD_REVISION "unknown"
#endif

const char *slotd_revision(void) { return SLOTD_REVISION; }
