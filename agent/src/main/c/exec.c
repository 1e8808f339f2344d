/*
 * One command beside a running container: same cgroup, mounts, user and environment (probes,
 * hooks). Output goes to the agent; the exit code is the command's, 124 once the time is over.
 * Nothing of the command is left behind.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int run_exec(struct config *config) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  int ended = signalfd(-1, &children, SFD_CLOEXEC);
  pid_t pid = fork();
  if (pid < 0) return 125;
  if (pid == 0) {
    const char *what = "", *why = become(config, &what);
    char text[1024];
    format(text, sizeof text, "%s: %s: %s\n", what, why, strerror(errno));
    write_all(2, text, strlen(text));
    _exit(126);
  }
  struct pollfd polled = {ended, POLLIN, 0};
  int status = 0;
  int late = poll(&polled, 1, config->timeout_ms > 0 ? (int)config->timeout_ms : -1) == 0;
  kill(-pid, SIGKILL); /* its group; on time-out the command itself, too */
  waitpid(pid, &status, 0);
  if (late) return 124;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
