/*
 * What a command reads and writes: nothing and two pipes, three pipes, or a terminal. And the way of
 * its input, which must never block the one who feeds it: a command may be slow to read, or not read.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define END_OF_INPUT 4 /* what a terminal's line discipline takes for the end (VEOF) */

static int nonblocking(int fd) {
  return fd < 0 ? 0 : fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* By the pair itself: its name would be that of another one where /dev/pts is another. */
static int open_terminal(struct streams *streams, const struct config *config) {
  int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0 || unlockpt(ours) != 0) return -1;
  int theirs = ioctl(ours, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (theirs < 0) return -1;
  if (config->user >= 0 && fchown(theirs, (uid_t)config->user, (gid_t)-1) != 0) return -1;
  streams->theirs[0] = streams->theirs[1] = streams->theirs[2] = theirs;
  streams->output = ours;
  if (config->takes_input) {
    streams->input = fcntl(ours, F_DUPFD_CLOEXEC, 3);
    if (streams->input < 0) return -1;
  }
  return nonblocking(ours);
}

int streams_open(struct streams *streams, const struct config *config) {
  int in[2] = {-1, -1}, out[2], err[2];
  streams->input = streams->output = streams->error = -1;
  if (config->terminal) return open_terminal(streams, config);
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) return -1;
  if (config->takes_input) {
    if (pipe2(in, O_CLOEXEC) != 0) return -1;
  } else if ((in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
    return -1;
  }
  streams->theirs[0] = in[0];
  streams->theirs[1] = out[1];
  streams->theirs[2] = err[1];
  streams->input = in[1];
  streams->output = out[0];
  streams->error = err[0];
  return nonblocking(in[1]) | nonblocking(out[0]) | nonblocking(err[0]);
}

/* On the command's side of the fork. */
void streams_take(const struct streams *streams) {
  for (int fd = 0; fd < 3; fd++) dup2(streams->theirs[fd], fd);
}

/* On our side: while we hold its ends, theirs never end. */
void streams_leave(struct streams *streams) {
  for (int fd = 0; fd < 3; fd++)
    if (fd == 0 || streams->theirs[fd] != streams->theirs[0]) close(streams->theirs[fd]);
}

static void give_up(struct feed *feed) {
  if (feed->fd >= 0) close(feed->fd);
  feed->fd = -1;
  feed->length = 0;
}

int feed_waits(const struct feed *feed) { return feed->fd >= 0 && feed->length > 0; }

/* Writes what it takes now. */
void feed_go_on(struct feed *feed) {
  size_t done = 0;
  while (feed->fd >= 0 && done < feed->length) {
    ssize_t written = write(feed->fd, feed->bytes + done, feed->length - done);
    if (written > 0) done += (size_t)written;
    else if (written < 0 && errno == EAGAIN) break;
    else if (written == 0 || errno != EINTR) give_up(feed); /* it reads no more */
  }
  if (feed->fd < 0) return;
  feed->length -= done;
  memmove(feed->bytes, feed->bytes + done, feed->length);
  if (feed->length == 0 && feed->ending) give_up(feed);
}

/* Whoever has more to give than there is room for has to wait while it waits. */
void feed_take(struct feed *feed, const char *bytes, size_t length) {
  if (feed->fd < 0 || feed->ending || length > sizeof feed->bytes - feed->length) return;
  memcpy(feed->bytes + feed->length, bytes, length);
  feed->length += length;
  feed_go_on(feed);
}

void feed_end(struct feed *feed, int terminal) {
  if (feed->fd < 0) return;
  if (terminal) {
    char end = END_OF_INPUT;
    feed_take(feed, &end, 1);
  } else {
    feed->ending = 1;
    feed_go_on(feed);
  }
}

/* Width and height, two bytes each, as they come in a packet. */
void resize(int terminal, const char *bytes, size_t length) {
  const unsigned char *size = (const unsigned char *)bytes;
  if (terminal < 0 || length != 4) return;
  struct winsize window = {.ws_col = (unsigned short)(size[0] << 8 | size[1]),
                           .ws_row = (unsigned short)(size[2] << 8 | size[3])};
  ioctl(terminal, TIOCSWINSZ, &window);
}
