/*
 * Looking at a container's streams while it runs, and typing into it: the supervisor listens on a
 * socket "attach" in the container's directory, and "garrison-launcher attach" connects to it for
 * the agent. A message on it is a channel and bytes, as in packets.c, and comes whole or not at all:
 * who is too slow to take one loses it, and is told how much. A daemon never waits for its readers.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static const struct config *config;
static int terminal;
static struct feed feed = {.fd = -1};
static int listener = -1;
static struct client {
  int fd;
  int typed; /* whether it sent input */
  uint64_t lost;
} clients[MAX_CLIENTS];

/* The path may be longer than an address holds, so both sides go there. */
static const struct sockaddr_un place = {.sun_family = AF_UNIX, .sun_path = "attach"};

void attach_open(const struct config *given, const struct streams *streams) {
  config = given;
  terminal = given->terminal ? streams->output : -1;
  feed.fd = streams->input;
  for (int i = 0; i < MAX_CLIENTS; i++) clients[i].fd = -1;
  if (chdir(given->state) != 0) return;
  listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener >= 0 && (bind(listener, (const struct sockaddr *)&place, sizeof place) != 0 ||
                        listen(listener, MAX_CLIENTS) != 0)) {
    close(listener);
    listener = -1; /* nobody can attach; it runs all the same */
  }
  if (chdir("/") != 0) return;
}

static int send_to(struct client *client, int channel, const char *bytes, size_t length) {
  char number = (char)channel;
  struct iovec parts[2] = {{&number, 1}, {(void *)bytes, length}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  return sendmsg(client->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static void tell_losses(struct client *client) {
  char text[128];
  if (client->lost == 0) return;
  format(text, sizeof text, "\r\n[%llu bytes were lost: the reader is too slow]\r\n",
         (unsigned long long)client->lost);
  if (send_to(client, terminal >= 0 ? 1 : 2, text, strlen(text))) client->lost = 0;
}

/* Output of the container, on its way to the log. */
void attach_output(int stream, const char *bytes, size_t length) {
  for (int i = 0; i < MAX_CLIENTS; i++) {
    if (clients[i].fd < 0) continue;
    tell_losses(&clients[i]);
    if (clients[i].lost > 0 || !send_to(&clients[i], stream + 1, bytes, length))
      clients[i].lost += length;
  }
}

/* Fills in what to wait for: MAX_CLIENTS + 2 entries. */
void attach_wants(struct pollfd *polled) {
  int waits = feed_waits(&feed);
  polled[0] = (struct pollfd){listener, POLLIN, 0};
  polled[1] = (struct pollfd){waits ? feed.fd : -1, POLLOUT, 0};
  for (int i = 0; i < MAX_CLIENTS; i++)
    polled[2 + i] = (struct pollfd){clients[i].fd, waits ? 0 : POLLIN, 0};
}

static void accept_client(void) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  for (int i = 0; i < MAX_CLIENTS; i++)
    if (clients[i].fd < 0) {
      clients[i] = (struct client){.fd = fd};
      return;
    }
  close(fd); /* as many as there may be look already */
}

static void end_input(void) {
  if (config->input_once) feed_end(&feed, terminal >= 0);
}

static void leave(struct client *client) {
  if (client->typed) end_input();
  close(client->fd);
  client->fd = -1;
}

static void hear(struct client *client) {
  static char bytes[1 + MAX_PACKET];
  ssize_t got = recv(client->fd, bytes, sizeof bytes, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    leave(client);
    return;
  }
  switch ((unsigned char)bytes[0]) {
    case 0:
      client->typed = 1;
      feed_take(&feed, bytes + 1, (size_t)got - 1);
      break;
    case 4: resize(terminal, bytes + 1, (size_t)got - 1); break;
    case 255:
      if (got == 2 && bytes[1] == 0) end_input();
      break;
    default: break;
  }
}

void attach_serve(const struct pollfd *polled) {
  if (polled[1].revents != 0) feed_go_on(&feed);
  for (int i = 0; i < MAX_CLIENTS; i++) {
    if (clients[i].fd < 0 || polled[2 + i].revents == 0) continue;
    if (!feed_waits(&feed)) hear(&clients[i]);
    else if (polled[2 + i].revents & POLLHUP) leave(&clients[i]);
  }
  if (polled[0].revents != 0) accept_client();
}

/* ---- the agent's side ---- */

static int end(const char *text) { return packet_write(1, 3, text, strlen(text)) != 0; }

static int forward(int fd, struct packet *packet) {
  char number = (char)packet->channel;
  struct iovec parts[2] = {{&number, 1}, {packet->bytes, packet->length}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0 ? 1 : errno == EAGAIN ? 0 : -1;
}

int run_attach(struct config *given) {
  static struct packet packet;
  static char bytes[1 + MAX_PACKET];
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (given->state == NULL || fd < 0 || chdir(given->state) != 0 ||
      connect(fd, (const struct sockaddr *)&place, sizeof place) != 0)
    return end(errno == ENOENT ? "failed the container was started by a version that knows no attach"
                               : "failed the container has ended");
  int held = 0; /* a packet that the container does not take yet */
  for (;;) {
    struct pollfd polled[2] = {{0, held ? 0 : POLLIN, 0}, {fd, held ? POLLIN | POLLOUT : POLLIN, 0}};
    if (poll(polled, 2, -1) < 0) continue;
    if (polled[1].revents & ~POLLOUT) {
      ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return end("exit 0");
      if (got > 0 && packet_write(1, (unsigned char)bytes[0], bytes + 1, (size_t)got - 1) != 0)
        return 1;
    }
    if (held) {
      if (polled[1].revents & POLLOUT) held = forward(fd, &packet) == 0;
    } else if (polled[0].revents != 0) {
      int got = packet_read(0, &packet);
      if (got < 0) return 0; /* the agent looks no more */
      if (got > 0) held = forward(fd, &packet) == 0;
    }
    if (held && polled[0].revents & POLLHUP) return 0;
  }
}
