#include "CStandardStreams.h"

#include <fcntl.h>
#include <unistd.h>

void slotd_occupy_closed_streams(void) {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0) {
            /* The lowest number that is free, and that is this one. */
            (void)open("/dev/null", descriptor == STDERR_FILENO ? O_RDWR : O_RDONLY);
        }
    }
}
