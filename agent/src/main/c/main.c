#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer(int fd, const char *text) {
  if (write_all(fd, text, strlen(text)) != 0) _exit(1); /* nobody asks any more */
}

static void refuse(int fd, const char *what, const char *why) {
  char text[1024];
  format(text, sizeof text, "failed %s: %s: %s\n", what, why, strerror(errno));
  answer(fd, text);
}

/* Pid and start time of both: whoever finds this file later can tell whether they are still us. */
static int write_state(const struct config *config, pid_t pid) {
  char text[256], path[4096], temporary[4096];
  format(path, sizeof path, "%s/state", config->state);
  format(temporary, sizeof temporary, "%s/state.tmp", config->state);
  format(text, sizeof text,
         "launcher=%d\nlauncher-start=%llu\npid=%d\npid-start=%llu\nstarted=%lld\n", (int)getpid(),
         (unsigned long long)start_ticks(getpid()), (int)pid,
         (unsigned long long)start_ticks(pid), (long long)now_nanos());
  int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  int failed = write_all(fd, text, strlen(text)) != 0;
  return close(fd) != 0 || failed || rename(temporary, path) != 0 ? -1 : 0;
}

static int open_control(const struct config *config) {
  char path[4096];
  format(path, sizeof path, "%s/control", config->state);
  if (mkfifo(path, 0600) != 0 && errno != EEXIST) return -1;
  return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static void null_streams(void) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  if (null > 2) close(null);
}

/* The container's side of the fork: never returns. */
static void container(struct config *config, const struct streams *streams, int status) {
  char text[900];
  const char *what = "", *why;
  streams_take(streams);
  why = become(config, &what);
  format(text, sizeof text, "%s: %s: %s", what, why, strerror(errno));
  write_all(status, text, strlen(text));
  _exit(127);
}

static int launch(struct config *config, int reply) {
  int status[2];
  struct streams streams;
  char why[1024] = "failed ";
  int control = open_control(config);
  if (control < 0 || streams_open(&streams, config) != 0 || pipe2(status, O_CLOEXEC) != 0) {
    refuse(reply, config->state, "the launcher cannot set itself up");
    return 1;
  }
  log_open(config);
  attach_open(config, &streams);
  pid_t pid = fork();
  if (pid < 0) {
    refuse(reply, "fork", "no new process");
    return 1;
  }
  if (pid == 0) container(config, &streams, status[1]);
  streams_leave(&streams);
  close(status[1]);
  if (read_failure(status[0], why, sizeof why - 1)) {
    strcat(why, "\n"); /* there is room for it */
    waitpid(pid, NULL, 0);
    cgroup_remove(config);
    answer(reply, why);
    return 1;
  }
  if (write_state(config, pid) != 0) {
    refuse(reply, config->state, "the state cannot be written");
    kill(-pid, SIGKILL); /* a daemon that nobody could find again must not run */
    waitpid(pid, NULL, 0);
    return 1;
  }
  format(why, sizeof why, "started %d\n", (int)pid);
  write_all(reply, why, strlen(why));
  close(reply);
  config_forget(config);
  supervise(config, pid, streams.output, streams.error, control);
  return 0;
}

/*
 * The agent waits for this process, and init gets the other. It stays until the answer is passed
 * on: a JVM stops reading a pipe at the moment its own child ends, whoever else still writes to it.
 */
static int relay_answer(const int relay[2]) {
  char text[2048];
  close(relay[1]);
  for (;;) {
    ssize_t got = read(relay[0], text, sizeof text);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0;
    if (write_all(1, text, (size_t)got) != 0) return 1;
  }
}

int main(int argc, char **argv) {
  const char *why = NULL;
  close_range(3, ~0u, 0);
  const char *mode = argc > 1 ? argv[1] : "";
  int talks = strcmp(mode, "session") == 0 || strcmp(mode, "attach") == 0;
  struct config *config = talks ? config_read_counted(0, &why) : config_read(0, &why);
  if (config == NULL || (config->argv[0] == NULL && strcmp(mode, "attach") != 0)) {
    errno = EINVAL;
    refuse(1, "launcher", why == NULL ? "no command" : why);
    return 1;
  }
  if (strcmp(mode, "exec") == 0) return run_exec(config);
  if (talks) return *mode == 's' ? run_session(config) : run_attach(config);
  int relay[2];
  if (pipe2(relay, O_CLOEXEC) != 0) return 1;
  pid_t self = fork();
  if (self != 0) return self < 0 || relay_answer(relay) != 0;
  close(relay[0]);
  setsid();
  int reply = relay[1];
  null_streams();
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  for (int i = 0; i < config->own_cgroup_count; i++) cgroup_join(config->own_cgroups[i]);
  write_file("/proc/self/oom_score_adj", "-998");
  if (chdir("/") != 0) return 1;
  sigset_t all;
  sigfillset(&all); /* nobody stops it but the end of its container, and SIGKILL */
  sigprocmask(SIG_BLOCK, &all, NULL);
  return launch(config, reply);
}
