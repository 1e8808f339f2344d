/*
 * Packets between the agent and a session: a channel, a length of four bytes, the bytes. Channels
 * are those of Kubernetes' v5.channel.k8s.io: 0 input, 1 output, 2 error output, 3 how it ended, 4
 * the size of the terminal, 255 the end of a channel.
 */
#include "launcher.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define HEAD 5

int packet_write(int fd, int channel, const char *bytes, size_t length) {
  char head[HEAD] = {(char)channel, (char)(length >> 24), (char)(length >> 16),
                     (char)(length >> 8), (char)length};
  return write_all(fd, head, HEAD) != 0 || write_all(fd, bytes, length) != 0 ? -1 : 0;
}

/* One more piece of a packet: 1 when it is whole, 0 when it is not yet, -1 at the end. */
int packet_read(int fd, struct packet *packet) {
  if (packet->have < HEAD) {
    ssize_t got = read(fd, packet->head + packet->have, HEAD - packet->have);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
    if (got <= 0) return -1;
    packet->have += (size_t)got;
    if (packet->have < HEAD) return 0;
    packet->length = (size_t)packet->head[1] << 24 | (size_t)packet->head[2] << 16 |
                     (size_t)packet->head[3] << 8 | packet->head[4];
    if (packet->length > sizeof packet->bytes) return -1; /* the agent never sends such */
  }
  size_t done = packet->have - HEAD;
  if (done < packet->length) {
    ssize_t got = read(fd, packet->bytes + done, packet->length - done);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
    if (got <= 0) return -1;
    packet->have += (size_t)got;
    done += (size_t)got;
  }
  if (done < packet->length) return 0;
  packet->have = 0;
  packet->channel = packet->head[0];
  return 1;
}
