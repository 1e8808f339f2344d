/*
 * One loop: output to the log, commands from the agent, the end of the main process; then the end
 * of everything it left behind, and the record of it.
 *
 * Commands, a line each, on the FIFO "control" in the container's directory:
 *   stop SIGNAL MS   sends SIGNAL to the main process, and SIGKILL MS milliseconds later; a later,
 *                    shorter time cuts the wait, a longer one does not lengthen it
 *   kill             SIGKILL at once
 *   reopen           goes on in a new log file
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static struct config *config;
static pid_t main_pid;
static int main_status = -1; /* of waitpid; -1 while it runs */
static int64_t ended_at;
static int64_t kill_at; /* monotonic milliseconds, 0: not asked to stop */

static void command(char *line) {
  if (!strcmp(line, "kill")) {
    kill_at = 1;
  } else if (!strcmp(line, "reopen")) {
    log_reopen();
  } else if (!strncmp(line, "stop ", 5)) {
    char *rest;
    long number = strtol(line + 5, &rest, 10);
    long long wait = strtoll(rest, NULL, 10);
    int64_t at = monotonic_ms() + (wait < 0 ? 0 : wait);
    if (kill_at == 0 && main_status < 0) kill(main_pid, (int)number);
    if (kill_at == 0 || at < kill_at) kill_at = at;
  }
}

static void read_commands(int control) {
  static char line[64];
  static size_t length;
  char byte;
  while (read(control, &byte, 1) == 1) {
    if (byte == '\n') {
      line[length] = 0;
      length = 0;
      command(line);
    } else if (length < sizeof line - 1) {
      line[length++] = byte;
    }
  }
}

/* Whether the stream is at its end. */
static int read_output(int fd, int stream) {
  char bytes[8192];
  for (int turns = 0; turns < 16; turns++) { /* then the others have their turn */
    ssize_t got = read(fd, bytes, sizeof bytes);
    if (got > 0) {
      log_take(stream, bytes, (size_t)got);
      attach_output(stream, bytes, (size_t)got);
    } else return got == 0 || (errno != EAGAIN && errno != EINTR);
  }
  return 0;
}

/* Reaps what can be reaped; whether any child is left. */
static int reap(void) {
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid == main_pid && main_status < 0) {
      main_status = status;
      ended_at = now_nanos();
    } else if (pid == 0) {
      return 1;
    } else if (pid < 0 && errno != EINTR) {
      return 0;
    }
  }
}

/*
 * Orphans of the daemon come to us (we are their subreaper), so that even without cgroups none
 * gets away: kill our children until none are left.
 */
static int kill_children(void) {
  char path[64], text[4096];
  int seen = 0;
  format(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  if (read_file(path, text, sizeof text) <= 0) return 0;
  for (char *at = text, *end; *at != 0; at = end) {
    long pid = strtol(at, &end, 10);
    if (end == at) break;
    if (*end != ' ' && *end != 0) break; /* cut in the middle */
    kill((pid_t)pid, SIGKILL);
    seen++;
  }
  return seen;
}

static int kill_all(void) {
  if (main_status < 0) kill(-main_pid, SIGKILL);
  return kill_children() + cgroup_kill(config);
}

static void record_end(int64_t started_at) {
  char text[256], temporary[4096];
  int signalled = WIFSIGNALED(main_status);
  format(text, sizeof text, "code=%d\nsignal=%d\noom=%lld\nstarted=%lld\nfinished=%lld\n",
         signalled ? 128 + WTERMSIG(main_status) : WEXITSTATUS(main_status),
         signalled ? WTERMSIG(main_status) : 0, (long long)cgroup_oom_kills(config),
         (long long)started_at, (long long)ended_at);
  cgroup_remove(config);
  format(temporary, sizeof temporary, "%s.tmp", config->exit_file);
  /* A full disk: there is nothing better to do than to wait for room. */
  for (;; sleep(1)) {
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
      if (errno == ENOENT) return; /* the agent's root is gone: nobody is left to be told */
      continue;
    }
    int written = write_all(fd, text, strlen(text)) == 0 && fsync(fd) == 0;
    close(fd);
    if (written && rename(temporary, config->exit_file) == 0) return;
  }
}

void supervise(struct config *given, pid_t pid, int out, int err, int control) {
  config = given;
  main_pid = pid;
  int64_t started_at = now_nanos();
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  struct pollfd polled[4 + MAX_CLIENTS + 2] = {{out, POLLIN, 0},
                             {err, POLLIN, 0},
                             {control, POLLIN, 0},
                             {signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK), POLLIN, 0}};
  int patience = 10;
  for (;;) {
    int left = reap();
    int wait = -1;
    if (main_status >= 0) {
      left |= kill_all() > 0;
      if (!left) break;
      wait = patience; /* one in an uninterruptible call may take its time */
      patience = patience < 1000 ? patience * 2 : 1000;
    } else if (kill_at > 0) {
      int64_t remaining = kill_at - monotonic_ms();
      if (remaining <= 0) {
        kill_all();
        wait = 100;
      } else {
        wait = remaining > 60000 ? 60000 : (int)remaining;
      }
    }
    attach_wants(polled + 4);
    poll(polled, 4 + MAX_CLIENTS + 2, wait);
    struct signalfd_siginfo ignored;
    while (read(polled[3].fd, &ignored, sizeof ignored) > 0) continue;
    if (polled[2].revents != 0) read_commands(control);
    for (int stream = 0; stream < 2; stream++)
      if (polled[stream].revents != 0 && read_output(polled[stream].fd, stream))
        polled[stream].fd = -1; /* poll passes over it */
    attach_serve(polled + 4);
  }
  for (int stream = 0; stream < 2; stream++)
    while (polled[stream].fd >= 0) {
      struct pollfd more = {polled[stream].fd, POLLIN, 0};
      if (poll(&more, 1, 0) <= 0 || read_output(more.fd, stream)) break;
    }
  log_flush();
  record_end(started_at);
}
