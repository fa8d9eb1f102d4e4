#ifndef CSTANDARDSTREAMS_H
#define CSTANDARDSTREAMS_H

/* Takes the places of standard streams that were closed when the process began. Otherwise the next
   file or socket would get one of their numbers, and with it the text meant for the stream. To be
   called first of all. Writing to an output that was closed still fails, since its place can only
   be read; what goes to a closed error stream is lost, which is what its owner asked for. */
void slotd_occupy_closed_streams(void);

#endif
