/*
 * A command beside a running container that somebody talks to: same cgroup, mounts, user and
 * environment. Packets come on standard input after the configuration, and go to standard output;
 * the last one, on channel 3, says "exit CODE" or "failed WHY".
 *
 * When the agent closes our input, or sends SIGTERM, nobody listens any more: the command gets SIGHUP, as from a
 * terminal that was hung up, and SIGKILL a moment later. What a command leaves running behind it
 * when it ends by itself stays in the container, and goes with it; without cgroups nobody could find
 * it again, so there it goes with the command.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define HANG_UP_MS 2000
#define TURNS 16
#define LAST_TURNS 8 /* more than a pipe holds; what still runs may write for ever */

static struct config *config;
static struct streams streams;
static struct feed feed = {.fd = -1};
static struct packet packet;

static int end(const char *text) { return packet_write(1, 3, text, strlen(text)) != 0; }

/* Whether the stream is at its end. */
static int pass_on(int fd, int channel) {
  char bytes[16384];
  for (int turn = 0; turn < TURNS; turn++) {
    ssize_t got = read(fd, bytes, sizeof bytes);
    if (got > 0) {
      if (packet_write(1, channel, bytes, (size_t)got) != 0) return 1; /* nobody listens */
    } else {
      return got == 0 || (errno != EAGAIN && errno != EINTR); /* EIO: a terminal's last user left */
    }
  }
  return 0;
}

static void take_packet(void) {
  switch (packet.channel) {
    case 0: feed_take(&feed, packet.bytes, packet.length); break;
    case 4: resize(config->terminal ? streams.output : -1, packet.bytes, packet.length); break;
    case 255:
      if (packet.length == 1 && packet.bytes[0] == 0) feed_end(&feed, config->terminal);
      break;
    default: break;
  }
}

/* The command's side of the fork. */
static void command(int status) {
  char text[900];
  const char *what = "", *why;
  streams_take(&streams);
  why = become(config, &what);
  format(text, sizeof text, "%s: %s: %s", what, why, strerror(errno));
  write_all(status, text, strlen(text));
  _exit(127);
}

static void drain(struct pollfd *polled) {
  for (int i = 0; i < 2; i++)
    for (int left = LAST_TURNS; polled[i].fd >= 0 && left > 0; left--) {
      struct pollfd more = {polled[i].fd, POLLIN, 0};
      if (poll(&more, 1, 0) <= 0 || pass_on(more.fd, i + 1)) break;
    }
}

/* Nobody listens any more. */
static int64_t hang_up(pid_t pid) {
  kill(-pid, SIGHUP);
  return monotonic_ms() + HANG_UP_MS;
}

static int serve(pid_t pid, int signals) {
  struct pollfd polled[5] = {{streams.output, POLLIN, 0},
                             {streams.error, POLLIN, 0},
                             {signals, POLLIN, 0},
                             {0, POLLIN, 0},
                             {-1, POLLOUT, 0}};
  int64_t kill_at = 0;
  int status;
  for (;;) {
    /* One thing after the other: what waits to be read goes before what comes after it. */
    polled[3].events = feed_waits(&feed) ? 0 : POLLIN;
    polled[4].fd = feed_waits(&feed) ? feed.fd : -1;
    int64_t left = kill_at - monotonic_ms();
    poll(polled, 5, kill_at == 0 ? -1 : left > 0 ? (int)left : 0);
    if (kill_at != 0 && monotonic_ms() >= kill_at) kill(-pid, SIGKILL);
    struct signalfd_siginfo info;
    siginfo_t state = {0}; /* only seen, not reaped: until then its number is nobody else's */
    while (polled[2].revents != 0 && read(signals, &info, sizeof info) > 0)
      if (info.ssi_signo == SIGTERM && kill_at == 0) kill_at = hang_up(pid);
    if (waitid(P_PID, (id_t)pid, &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == pid)
      break;
    if (polled[4].revents != 0) feed_go_on(&feed);
    for (int i = 0; i < 2; i++)
      if (polled[i].revents != 0 && pass_on(polled[i].fd, i + 1)) polled[i].fd = -1;
    if (polled[3].fd < 0 || polled[3].revents == 0) continue;
    int got = polled[3].revents & POLLIN ? packet_read(0, &packet) : -1;
    if (got > 0) take_packet();
    if (got < 0) {
      polled[3].fd = -1;
      if (kill_at == 0) kill_at = hang_up(pid);
    }
  }
  if (config->cgroup_count == 0 || kill_at != 0) kill(-pid, SIGKILL);
  waitpid(pid, &status, 0);
  drain(polled);
  char text[64];
  format(text, sizeof text, "exit %d",
         WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  return end(text);
}

int run_session(struct config *given) {
  config = given;
  int report[2];
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGPIPE);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  sigdelset(&blocked, SIGPIPE);
  int signals = signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0 || pipe2(report, O_CLOEXEC) != 0 || streams_open(&streams, config) != 0)
    return end(config->terminal ? "failed no terminal can be had" : "failed no pipes can be had");
  pid_t pid = fork();
  if (pid < 0) return end("failed no new process can be had");
  if (pid == 0) command(report[1]);
  close(report[1]);
  streams_leave(&streams);
  feed.fd = streams.input;
  char why[1024] = "failed ";
  if (read_failure(report[0], why, sizeof why)) {
    waitpid(pid, NULL, 0);
    return end(why);
  }
  return serve(pid, signals);
}
