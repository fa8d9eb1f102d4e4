#ifndef SLOTD_REVISION_H
#define SLOTD_REVISION_H

/// The revision of the sources, as the environment variable SLOTD_REVISION named it to the build;
/// "unknown" where nobody did. Static memory.
const char *slotd_revision(void);

#endif
