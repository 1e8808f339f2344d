/* The cgroups of a container: one directory on v2, one for each controller on v1. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cgroup_join(const char *directory) {
  char path[4096];
  format(path, sizeof path, "%s/cgroup.procs", directory);
  return write_file(path, "0");
}

static ssize_t read_small(const char *directory, const char *name, char *to, size_t room) {
  char path[4096];
  format(path, sizeof path, "%s/%s", directory, name);
  return read_file(path, to, room);
}

/* Kills whoever is in there; how many were seen. More than one page of them: the caller asks again. */
int cgroup_kill(const struct config *config) {
  int seen = 0;
  for (int i = 0; i < config->cgroup_count; i++) {
    char text[4096], path[4096];
    ssize_t length = read_small(config->cgroups[i], "cgroup.procs", text, sizeof text);
    if (length <= 0) continue;
    format(path, sizeof path, "%s/cgroup.kill", config->cgroups[i]);
    int whole = write_file(path, "1") == 0;
    char *at = text;
    for (char *end = strchr(at, '\n'); end != NULL; at = end + 1, end = strchr(at, '\n')) {
      long pid = strtol(at, NULL, 10);
      if (pid <= 0) continue; /* 0: in a pid namespace that we do not see */
      seen++;
      if (!whole) kill((pid_t)pid, SIGKILL);
    }
  }
  return seen;
}

static int64_t counter(const char *directory, const char *name) {
  char text[1024];
  if (read_small(directory, name, text, sizeof text) <= 0) return 0;
  char *at = strncmp(text, "oom_kill ", 9) == 0 ? text : strstr(text, "\noom_kill ");
  return at == NULL ? 0 : strtoll(strchr(at, ' '), NULL, 10);
}

int64_t cgroup_oom_kills(const struct config *config) {
  int64_t kills = 0;
  for (int i = 0; i < config->cgroup_count; i++) {
    kills += counter(config->cgroups[i], "memory.events");
    kills += counter(config->cgroups[i], "memory.oom_control");
  }
  return kills;
}

void cgroup_remove(const struct config *config) {
  for (int i = 0; i < config->cgroup_count; i++)
    for (int tries = 0; rmdir(config->cgroups[i]) != 0 && errno == EBUSY && tries < 50; tries++)
      usleep(10000); /* the last process counts as inside until it is reaped */
}
