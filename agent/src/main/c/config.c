/*
 * The text on standard input: words, each ended by a NUL. A key is followed by as many values as it
 * has; "end" is the last word, so that a text cut short is noticed.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGEST (8u << 20)

/* Pages of their own, so that the supervisor can give all of it back once the container runs. */
static char *text;
static size_t text_length;
static struct config *config;
static char **words;

static void *pages(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static int number(const char *word, int64_t *to) {
  char *end;
  errno = 0;
  *to = strtoll(word, &end, 10);
  return errno == 0 && end != word && *end == 0;
}

static int read_text(int fd) {
  for (;;) {
    ssize_t got = read(fd, text + text_length, LARGEST - 1 - text_length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return 0;
    if (got == 0) return 1;
    text_length += (size_t)got;
    if (text_length == LARGEST - 1) return 0;
  }
}

static int read_exactly(int fd, char *to, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t got = read(fd, to + done, length - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    done += (size_t)got;
  }
  return 1;
}

static int read_counted(int fd) {
  unsigned char head[4];
  if (!read_exactly(fd, (char *)head, sizeof head)) return 0;
  text_length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
  return text_length < LARGEST && read_exactly(fd, text, text_length);
}

/* How many values a key has; -1 for a key that is none. */
static int values_of(const char *key) {
  static const char *const one[] = {
      "state", "exit",  "log", "log-bytes", "log-files", "directory", "cgroup", "own-cgroup", "user",
      "group", "group+", "drop", "oom",      "enter",     "timeout",   "arg",    "env"};
  static const char *const none[] = {"read-only-root", "no-new-privileges", "input", "input-once",
                                     "terminal"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (!strcmp(key, none[i])) return 0;
  if (!strcmp(key, "mount") || !strcmp(key, "limit")) return 3;
  for (size_t i = 0; i < sizeof one / sizeof *one; i++)
    if (!strcmp(key, one[i])) return 1;
  return -1;
}

static int set_list(const char *key, char **value) {
  int64_t n = 0, m = 0, k = 0;
  if (!strcmp(key, "cgroup")) {
    if (config->cgroup_count == MAX_CGROUPS) return 0;
    config->cgroups[config->cgroup_count++] = value[0];
  } else if (!strcmp(key, "own-cgroup")) {
    if (config->own_cgroup_count == MAX_CGROUPS) return 0;
    config->own_cgroups[config->own_cgroup_count++] = value[0];
  } else if (!strcmp(key, "group+")) {
    if (config->group_count == MAX_GROUPS || !number(value[0], &n)) return 0;
    config->groups[config->group_count++] = (gid_t)n;
  } else if (!strcmp(key, "mount")) {
    if (config->mount_count == MAX_MOUNTS) return 0;
    struct mount_entry *mount = &config->mounts[config->mount_count++];
    mount->source = value[0];
    mount->target = value[1];
    mount->read_only = strchr(value[2], 'r') != NULL;
    mount->from_host = strchr(value[2], 'h') != NULL;
  } else if (!strcmp(key, "limit")) {
    if (config->limit_count == MAX_LIMITS || !number(value[0], &k) || !number(value[1], &n) ||
        !number(value[2], &m))
      return 0;
    config->limits[config->limit_count++] =
        (struct limit_entry){(int)k, (uint64_t)n, (uint64_t)m};
  } else {
    return 0;
  }
  return 1;
}

static int set(const char *key, char **value) {
  if (!strcmp(key, "state")) config->state = value[0];
  else if (!strcmp(key, "exit")) config->exit_file = value[0];
  else if (!strcmp(key, "log")) config->log = value[0];
  else if (!strcmp(key, "log-bytes")) return number(value[0], &config->log_bytes);
  else if (!strcmp(key, "log-files")) return number(value[0], &config->log_files);
  else if (!strcmp(key, "directory")) config->directory = value[0];
  else if (!strcmp(key, "user")) return number(value[0], &config->user);
  else if (!strcmp(key, "group")) return number(value[0], &config->group);
  else if (!strcmp(key, "oom")) config->oom_score = value[0];
  else if (!strcmp(key, "enter")) config->pid_to_enter = value[0];
  else if (!strcmp(key, "timeout")) return number(value[0], &config->timeout_ms);
  else if (!strcmp(key, "read-only-root")) config->read_only_root = 1;
  else if (!strcmp(key, "no-new-privileges")) config->no_new_privileges = 1;
  else if (!strcmp(key, "input")) config->takes_input = 1;
  else if (!strcmp(key, "input-once")) config->input_once = 1;
  else if (!strcmp(key, "terminal")) config->terminal = 1;
  else if (!strcmp(key, "drop")) {
    int64_t capability;
    if (!number(value[0], &capability) || capability < 0 || capability > 63) return 0;
    config->drop_capabilities |= (uint64_t)1 << capability;
  } else return set_list(key, value);
  return 1;
}

static struct config *config_of(int (*reader)(int), int fd, const char **why) {
  config = pages(sizeof *config);
  text = pages(LARGEST);
  if (config == NULL || text == NULL || !reader(fd)) {
    *why = "the configuration cannot be read, or is over 8 MiB";
    return NULL;
  }
  size_t count = 0;
  for (size_t i = 0; i < text_length; i++) count += text[i] == 0;
  words = pages((count + 4) * 2 * sizeof *words);
  if (words == NULL) {
    *why = "out of memory";
    return NULL;
  }
  config->user = config->group = -1;
  config->argv = words;
  config->envp = words + count + 2;
  size_t arguments = 0, variables = 0;
  char *at = text, *end = text + text_length;
  *why = "the configuration makes no sense";
  while (at < end) {
    char *key = at, *value[3] = {0};
    at += strlen(at) + 1;
    if (!strcmp(key, "end")) {
      *why = NULL;
      return config;
    }
    int values = values_of(key);
    if (values < 0) return NULL;
    for (int i = 0; i < values; i++) {
      if (at >= end) return NULL;
      value[i] = at;
      at += strlen(at) + 1;
    }
    if (!strcmp(key, "arg")) config->argv[arguments++] = value[0];
    else if (!strcmp(key, "env")) config->envp[variables++] = value[0];
    else if (!set(key, value)) return NULL;
  }
  *why = "the configuration is cut short";
  return NULL;
}

struct config *config_read(int fd, const char **why) { return config_of(read_text, fd, why); }

struct config *config_read_counted(int fd, const char **why) {
  return config_of(read_counted, fd, why);
}

/*
 * The supervisor needs a few paths for as long as it lives, and none of the rest: secrets among the
 * variables go, and the pages with them.
 */
void config_forget(struct config *kept) {
  const char **paths[3 + MAX_CGROUPS];
  int count = 0;
  paths[count++] = &kept->state;
  paths[count++] = &kept->exit_file;
  paths[count++] = &kept->log;
  for (int i = 0; i < kept->cgroup_count; i++) paths[count++] = &kept->cgroups[i];
  size_t size = 0;
  for (int i = 0; i < count; i++) size += *paths[i] == NULL ? 0 : strlen(*paths[i]) + 1;
  char *copy = pages(size + 1);
  if (copy == NULL) return; /* costs memory, nothing else */
  for (int i = 0; i < count; i++) {
    if (*paths[i] == NULL) continue;
    size_t length = strlen(*paths[i]) + 1;
    memcpy(copy, *paths[i], length);
    *paths[i] = copy;
    copy += length;
  }
  size_t all = 0;
  for (size_t i = 0; i < text_length; i++) all += text[i] == 0;
  munmap(text, LARGEST);
  munmap(words, (all + 4) * 2 * sizeof *words);
  kept->argv = kept->envp = NULL;
  kept->directory = NULL;
  kept->mount_count = 0;
}
