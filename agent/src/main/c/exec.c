/*
 * One command beside a running container: same cgroup, mounts, user and environment (probes,
 * hooks). The beginning of its output goes to the agent; the exit code is the command's, 124 once
 * the time is over or the agent has let go of its end of the pipe. Nothing of the command's group
 * is left behind, and what got away from the group holds nobody up.
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

#define MOST_OUTPUT 10240 /* bytes; fits into a pipe, so that writing it never waits */
#define PIPE_SIZE 65536

static size_t told;

/* Passes on what there is, up to the limit, and drops the rest; 0 at the end of the output. */
static int relay(int from, size_t most) {
  char part[4096];
  for (size_t total = 0; total < most;) {
    ssize_t got = read(from, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return 0;
    total += (size_t)got;
    size_t left = MOST_OUTPUT - told, pass = (size_t)got < left ? (size_t)got : left;
    if (pass > 0 && write_all(1, part, pass) != 0) return 0;
    told += pass;
  }
  return 1;
}

static void run_child(struct config *config, int output) {
  char text[1024];
  const char *what = "", *why = "its output cannot be taken";
  if (dup2(output, 1) == 1 && dup2(output, 2) == 2) why = become(config, &what);
  format(text, sizeof text, "%s: %s: %s\n", what, why, strerror(errno));
  write_all(2, text, strlen(text));
  _exit(126);
}

/* Waits for the command's end; 0 where the time is over, or nobody waits for it any more. */
static int await_end(int64_t timeout_ms, int ended, int output) {
  int64_t until = monotonic_ms() + timeout_ms;
  /* The agent closes its end when it gives up, or dies. A parent's death would say less: to the
     kernel the parent is a thread, and threads of the agent come and go. */
  struct pollfd polled[] = {{ended, POLLIN, 0}, {output, POLLIN, 0}, {1, 0, 0}};
  for (;;) {
    int64_t left = timeout_ms > 0 ? until - monotonic_ms() : 60000;
    if (left <= 0) return 0;
    if (poll(polled, 3, left < 60000 ? (int)left : 60000) <= 0) continue;
    if (polled[0].revents & POLLIN) return 1;
    if (polled[2].revents != 0) return 0;
    if (polled[1].revents != 0 && !relay(output, PIPE_SIZE)) polled[1].fd = -1;
  }
}

int run_exec(struct config *config) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  sigaddset(&blocked, SIGPIPE);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  sigdelset(&blocked, SIGPIPE);
  int ended = signalfd(-1, &blocked, SFD_CLOEXEC);
  int output[2];
  if (ended < 0 || pipe2(output, O_CLOEXEC) != 0) return 125;
  pid_t pid = fork();
  if (pid < 0) return 125;
  if (pid == 0) run_child(config, output[1]);
  close(output[1]);
  fcntl(output[0], F_SETFL, O_NONBLOCK);
  int status = 0, in_time = await_end(config->timeout_ms, ended, output[0]);
  kill(-pid, SIGKILL); /* its group; when the time is over the command itself, too */
  waitpid(pid, &status, 0);
  relay(output[0], PIPE_SIZE);
  if (!in_time) return 124;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
